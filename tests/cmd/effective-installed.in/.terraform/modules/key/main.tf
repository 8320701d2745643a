variable "team" {}

resource "aws_kms_key" "this" {
  tags = { team = var.team, directory = path.module }
}
