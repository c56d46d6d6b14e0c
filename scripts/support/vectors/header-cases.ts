/**
 * Header words by hand: version, operation, vote, step, command, timestamp, seqNumber, epoch, index, spare.
 * `valid`: the contract takes it. `readable`: src/entry reads it.
 */
export const HEADERS = [
  headerCase("plain", true, true, "01 01 00 00ca 0004 0000017600000000 0000000000000007 00000001 00000002 00"),
  headerCase(
    "largest numbers that are read",
    true,
    true,
    "01 05 02 ffff ffff 001fffffffffffff 001fffffffffffff ffffffff ffffffff 00",
  ),
  headerCase(
    "timestamp of 2^53",
    false,
    false,
    "01 01 00 0065 0002 0020000000000000 0000000000000001 00000001 00000000 00",
  ),
  headerCase(
    "seqNumber of 2^64 - 1",
    false,
    false,
    "01 01 00 0065 0002 0000000000000001 ffffffffffffffff 00000001 00000000 00",
  ),
  headerCase("version 0", false, true, "00 01 00 0065 0002 0000000000000001 0000000000000001 00000001 00000000 00"),
  headerCase("version 2", false, true, "02 01 00 0065 0002 0000000000000001 0000000000000001 00000001 00000000 00"),
  headerCase("operation 0", false, false, "01 00 00 0065 0002 0000000000000001 0000000000000001 00000001 00000000 00"),
  headerCase("operation 6", false, false, "01 06 00 0065 0002 0000000000000001 0000000000000001 00000001 00000000 00"),
  headerCase("vote 3", false, false, "01 04 03 012f 0006 0000000000000001 0000000000000001 00000001 00000000 00"),
  headerCase(
    "lowest spare bit",
    false,
    false,
    "01 01 00 0065 0002 0000000000000001 0000000000000001 00000001 00000000 01",
  ),
  headerCase(
    "highest spare bit",
    false,
    false,
    "01 01 00 0065 0002 0000000000000001 0000000000000001 00000001 00000000 80",
  ),
];

function headerCase(name: string, valid: boolean, readable: boolean, digits: string) {
  return { name, valid, readable, header: `0x${digits.replaceAll(" ", "")}` };
}
