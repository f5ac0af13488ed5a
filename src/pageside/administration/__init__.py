"""What those who look after a server see of it: reports over what was asked, and who looked at whose words."""
