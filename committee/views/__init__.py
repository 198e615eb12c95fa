"""The pages of the committee, by what they are about."""
