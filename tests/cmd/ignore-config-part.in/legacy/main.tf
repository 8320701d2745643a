resource "aws_kms_key" "k" {
  tags = { "" = "core" }
}
