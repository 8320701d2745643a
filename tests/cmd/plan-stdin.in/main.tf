variable "owner" { type = string }

resource "aws_kms_key" "a" {
  tags = { owner = var.owner }
}
