resource "aws_kms_key" "k" {
  tags = { a = "1", b = "2", c = "3", d = "4" }
}
