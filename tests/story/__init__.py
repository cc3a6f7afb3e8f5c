"""What Summit is for, told on the demonstration and on real material; each story spans several apps."""
