"""What we say back; knows neither HTTP, SQL nor ChatKit."""
