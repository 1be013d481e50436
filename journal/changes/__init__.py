"""What two versions of something differ in, as keys and names: pure functions over bytes and plain values."""
