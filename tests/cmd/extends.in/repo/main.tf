resource "aws_sns_topic" "alarms" {
  name = "alarms"
  tags = { "aws:team" = "core" }
}
