"""The tables and figures of Colin et al. 2022 that can be measured again, on simulated or on real images."""
