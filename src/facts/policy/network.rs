//! Addresses and networks.

use core::net::IpAddr;

/// An address with the length of its prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    /// From the left: an address of version 4 has its bits in the highest places.
    bits: u128,
    length: u32,
    version_4: bool,
}

impl Network {
    /// Reads `203.0.113.0/24` and `2001:db8::/32`, or an address alone.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
        let address: IpAddr = address.parse().ok()?;
        let (bits, most) = match address {
            IpAddr::V4(address) => (u128::from(u32::from(address)) << (u128::BITS - u32::BITS), u32::BITS),
            IpAddr::V6(address) => (u128::from(address), u128::BITS),
        };
        let length = length.map_or(Some(most), |length| length.parse().ok())?;
        (length <= most).then_some(Self { bits, length, version_4: address.is_ipv4() })
    }

    /// How long its prefix is.
    #[must_use]
    pub fn length(&self) -> u32 {
        self.length
    }

    /// Whether its addresses have 32 bits.
    #[must_use]
    pub fn is_version_4(&self) -> bool {
        self.version_4
    }

    /// Whether all of it is in another network.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.version_4 == other.version_4
            && self.length >= other.length
            && prefix(self.bits, other.length) == prefix(other.bits, other.length)
    }

    /// Whether the address has bits behind its prefix.
    #[must_use]
    pub fn has_bits_behind_prefix(&self) -> bool {
        prefix(self.bits, self.length) != self.bits
    }
}

fn prefix(bits: u128, length: u32) -> u128 {
    bits & u128::MAX.checked_shl(u128::BITS - length).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Network {
        Network::of(text).unwrap_or_else(|| panic!("{text} is a network"))
    }

    #[test]
    fn a_network_is_an_address_and_a_length() {
        assert!(network("203.0.113.7/24").has_bits_behind_prefix());
        assert!(!network("2001:db8::/32").has_bits_behind_prefix());
        assert!(!network("203.0.113.7").has_bits_behind_prefix());
        assert!(network("10.1.0.0/16").is_within(&network("10.0.0.0/8")));
        assert!(!network("0.0.0.0/0").is_within(&network("10.0.0.0/8")));
        assert!(!network("::a00:0/104").is_within(&network("10.0.0.0/8")));
        assert!(network("fd00::1").is_within(&network("fc00::/7")));
        for wrong in ["203.0.113.0/33", "203.0.113", "10.0.0.0/x", "", "::/129"] {
            assert_eq!(Network::of(wrong), None, "{wrong}");
        }
    }
}
