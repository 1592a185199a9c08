"""What reads are like: counts by cycle, by read and in all, and the tables made of them."""
