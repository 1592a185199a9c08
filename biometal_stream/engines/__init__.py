"""What runs work on several processes or machines: Ray and Spark."""
