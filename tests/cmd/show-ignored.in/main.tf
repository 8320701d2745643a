resource "aws_kms_key" "k" {
  tags = { "" = "core" } # taglint: ignore[tag-key-empty] until=2027-01-01 -- the audit job wants it
}
