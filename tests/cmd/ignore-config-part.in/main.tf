resource "aws_kms_key" "old" {
  tags = { "" = "core" }
}

resource "aws_kms_key" "new" {
  tags = { "" = "core" }
}
