//! IP networks.

// The address types of `core`: there are no sockets in it.
use core::net::{Ipv4Addr, Ipv6Addr};

use num_bigint::BigInt;
use num_traits::ToPrimitive;

use super::{Call, FunctionError, Outcome};
use crate::value::{Type, Unknown};

/// A network: its address as a number, the width of addresses, and how many bits are fixed.
#[derive(Clone, Copy)]
struct Network {
    address: u128,
    width: u32,
    prefix: u32,
}

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        let (address, width) = match address.parse::<Ipv6Addr>() {
            // An IPv4 address in the clothes of IPv6 is shown as such.
            Ok(address) => (u128::from(address), 128),
            Err(_) => (ipv4(address)?, 32),
        };
        if prefix.is_empty() || prefix.len() > 3 || !prefix.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let prefix: u32 = prefix.parse().ok().filter(|prefix| *prefix <= width)?;
        let network = Self { address, width, prefix };
        Some(Self { address: address & network.mask(), ..network })
    }

    fn mask(self) -> u128 {
        let all = if self.width == 128 { u128::MAX } else { u128::from(u32::MAX) };
        let free = self.width - self.prefix;
        if free == 128 { 0 } else { all & (all << free) }
    }

    fn shown(self) -> String {
        format!("{}/{}", address(self.address, self.width), self.prefix)
    }
}

/// Terraform takes leading zeros, and takes them for nothing.
fn ipv4(text: &str) -> Option<u128> {
    let parts: Vec<&str> = text.split('.').collect();
    if parts.len() != 4 {
        return None;
    }
    parts.into_iter().try_fold(0_u128, |address, part| {
        if part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let byte: u8 = part.trim_start_matches('0').parse().or(if part.bytes().all(|byte| byte == b'0') { Ok(0) } else { Err(()) }).ok()?;
        Some((address << 8) | u128::from(byte))
    })
}

fn address(address: u128, width: u32) -> String {
    match u32::try_from(address) {
        Ok(address) if width == 32 => Ipv4Addr::from(address).to_string(),
        _ => match Ipv6Addr::from(address).to_ipv4_mapped() {
            // Go shows these as IPv4.
            Some(mapped) => mapped.to_string(),
            None => Ipv6Addr::from(address).to_string(),
        },
    }
}

fn network(call: &Call<'_>) -> Result<Network, FunctionError> {
    let text = call.text(0);
    Network::parse(text.decoded()).ok_or_else(|| call.error_at(0, format!("`{}` is no network such as `10.0.0.0/16`", text.decoded())))
}

/// A whole number of any size.
fn big(call: &Call<'_>, at: usize) -> Result<BigInt, FunctionError> {
    let number = call.num(at);
    if number.is_integer() { Ok(number.truncated()) } else { Err(call.error_at(at, "a whole number is required")) }
}

/// `cidrhost(prefix, hostnum)`; a negative number counts from the end.
pub fn cidrhost(call: &Call<'_>) -> Outcome {
    let network = network(call)?;
    let number = big(call, 1)?;
    let free = network.width - network.prefix;
    let count = BigInt::from(1) << free;
    let too_large = || call.error_at(1, format!("a prefix of {} bits has no host {number}", network.prefix));
    let offset = if number < BigInt::from(0) { &count + &number } else { number.clone() };
    if offset < BigInt::from(0) || offset >= count {
        return Err(too_large());
    }
    let offset = offset.to_u128().ok_or_else(too_large)?;
    Ok(call.derived(0, &address(network.address | offset, network.width)))
}

/// `cidrnetmask(prefix)`
pub fn cidrnetmask(call: &Call<'_>) -> Outcome {
    let network = network(call)?;
    if network.width != 32 {
        return Err(call.error_at(0, "IPv6 networks have no netmask"));
    }
    Ok(call.derived(0, &address(network.mask(), 32)))
}

/// `cidrsubnet(prefix, newbits, netnum)`
pub fn cidrsubnet(call: &Call<'_>) -> Outcome {
    let new_bits = call.whole(1)?;
    let network = network(call)?;
    let number = big(call, 2)?;
    let prefix = i64::from(network.prefix) + new_bits;
    if new_bits < 0 && (prefix < 0 || number != BigInt::from(0)) {
        // Terraform makes something of these, which nobody means.
        return Ok(call.unknown(Unknown::Unsupported("negative number of bits")));
    }
    let Some(prefix) = u32::try_from(prefix).ok().filter(|prefix| *prefix <= network.width) else {
        return Err(call.error_at(1, format!("{prefix} bits are not a prefix of {}", if network.width == 32 { "IPv4" } else { "IPv6" })));
    };
    let too_large = || call.error_at(2, format!("{new_bits} more bits do not hold the number {number}"));
    let count = BigInt::from(1) << new_bits.max(0);
    if number < BigInt::from(0) {
        // Terraform makes something of these, but no network of this one.
        return Ok(call.unknown(Unknown::Unsupported("negative number of a network")));
    }
    if number >= count {
        return Err(too_large());
    }
    let number = number.to_u128().ok_or_else(too_large)?;
    let free = network.width - prefix;
    let offset = if free >= 128 { 0 } else { number << free };
    Ok(call.derived(0, &Network { address: network.address | offset, prefix, ..network }.shown()))
}

/// `cidrsubnets(prefix, newbits...)`: one after the other.
pub fn cidrsubnets(call: &Call<'_>) -> Outcome {
    let network = network(call)?;
    let mut next = network.address;
    let end = network.address | !network.mask() & if network.width == 128 { u128::MAX } else { u128::from(u32::MAX) };
    // Terraform begins with the network before the first one, and there is none before address 0.
    let mut full = network.address == 0;
    let mut subnets = Vec::new();
    for at in 1..call.arguments.len() {
        let bits = call.whole(at)?;
        if !(1..=32).contains(&bits) {
            return Err(call.error_at(at, "a prefix is extended by 1 to 32 bits"));
        }
        let prefix = network.prefix + bits as u32;
        if prefix > network.width {
            return Err(call.error_at(at, format!("{prefix} bits are too many for an address")));
        }
        let size = if network.width == prefix { 1 } else { 1_u128.checked_shl(network.width - prefix).unwrap_or(0) };
        // Each begins where its size allows it.
        let start = match next.checked_add(size - 1) {
            Some(last) if size > 0 => last / size * size,
            _ => next,
        };
        if full || start > end || start.checked_add(size - 1).is_none_or(|last| last > end) {
            return Err(call.error_at(at, format!("no room is left for a network of {prefix} bits")));
        }
        subnets.push(call.derived(0, &Network { address: start, prefix, ..network }.shown()));
        match start.checked_add(size) {
            Some(after) => next = after,
            None => full = true,
        }
    }
    Ok(call.list(subnets, Type::String))
}
