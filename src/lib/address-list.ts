import { BlockList, isIP } from 'node:net';

/**
 * Tells whether an address lies in a list of IP addresses and ranges (`10.1.0.0/16`,
 * `2001:db8::/32`). An IPv4 peer that arrives on an IPv6 listener (`::ffff:10.1.2.3`) counts as the
 * IPv4 address that it is. Entries must have been checked; what is no address is in no list.
 */
export const makeAddressList = (entries: readonly string[]): ((address: string) => boolean) => {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', prefix] = entry.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return (address) => {
    const plain = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
    const version = isIP(plain);
    return version !== 0 && list.check(plain, version === 6 ? 'ipv6' : 'ipv4');
  };
};
