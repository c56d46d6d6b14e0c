// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @dev The cheatcodes that the Solidity tests use, as Hardhat's test runner answers them. `forge-std` declares hundreds, but
/// comes as a git dependency, which a fresh clone must not need.
interface Vm {
    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    /// @dev `msg.sender` of the next call is `sender`.
    function prank(address sender) external;

    /// @dev `msg.sender` of every call is `sender`, until `stopPrank`.
    function startPrank(address sender) external;

    function stopPrank() external;

    /// @dev The next call must revert, for any reason. Prefer the variants that say which.
    function expectRevert() external;

    /// @dev The next call must revert with this selector and no argument.
    function expectRevert(bytes4 revertData) external;

    /// @dev The next call must revert with exactly these bytes: selector and arguments.
    function expectRevert(bytes calldata revertData) external;

    /// @dev The next call must revert with this selector, whatever the arguments.
    function expectPartialRevert(bytes4 revertData) external;

    /// @dev The next call must emit, from `emitter`, the event that the test emits after this line: all topics and data.
    function expectEmit(address emitter) external;

    /// @dev Records from here on which words are read and written.
    function record() external;

    /// @dev The words of the contract that were, since `record`; a word that was written stands among those read, too.
    function accesses(address target) external view returns (bytes32[] memory reads, bytes32[] memory writes);

    function recordLogs() external;

    /// @dev What was emitted since `recordLogs`, oldest first; forgets it.
    function getRecordedLogs() external returns (Log[] memory logs);

    function sign(uint256 privateKey, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);

    function addr(uint256 privateKey) external pure returns (address keyAddr);

    function warp(uint256 timestamp) external;

    function roll(uint256 blockNumber) external;

    function chainId(uint256 newChainId) external;

    /// @dev Creation code of a contract of this build, by its file and name.
    function getCode(string calldata artifactPath) external view returns (bytes memory creationBytecode);

    function deal(address account, uint256 balance) external;

    function load(address account, bytes32 slot) external view returns (bytes32 data);

    function store(address account, bytes32 slot, bytes32 value) external;

    function snapshotState() external returns (uint256 id);

    function revertToState(uint256 id) external returns (bool success);

    /// @dev Discards this fuzz input. Prefer `bound`: a discarded input tests nothing.
    function assume(bool condition) external pure;

    /// @dev Names an address in traces.
    function label(address account, string calldata name) external;

    function assertTrue(bool condition, string calldata message) external pure;

    function assertEq(bool left, bool right, string calldata message) external pure;

    function assertEq(uint256 left, uint256 right, string calldata message) external pure;

    function assertEq(address left, address right, string calldata message) external pure;

    function assertEq(bytes32 left, bytes32 right, string calldata message) external pure;

    function assertEq(bytes calldata left, bytes calldata right, string calldata message) external pure;

    function assertEq(string calldata left, string calldata right, string calldata message) external pure;

    function assertLe(uint256 left, uint256 right, string calldata message) external pure;

    function assertGe(uint256 left, uint256 right, string calldata message) external pure;

    function assertGt(uint256 left, uint256 right, string calldata message) external pure;
}

/// @dev Where the runner listens for cheatcodes: the last 20 bytes of keccak256("hevm cheat code").
Vm constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);

/// @dev Deploys a contract of this build by its file and name ("LogRegistry.sol:LogRegistry"). A test that knows only the
/// interface runs the bytecode that ships, and is not compiled anew whenever the implementation changes.
function deployCode(string memory artifactPath) returns (address) {
    return deployCode(artifactPath, "");
}

/// @dev The same with the constructor's arguments, ABI-encoded.
function deployCode(string memory artifactPath, bytes memory constructorArguments) returns (address deployed) {
    bytes memory code = bytes.concat(vm.getCode(artifactPath), constructorArguments);
    // The language creates only what it compiles along: each test would compile the contract under test again.
    assembly ("memory-safe") {
        deployed := create(0, add(code, 0x20), mload(code))
    }
    require(deployed != address(0), "deployCode: the constructor reverted");
}

/// @dev Maps any number evenly into [low, high], so that every fuzz input does work.
function bound(uint256 value, uint256 low, uint256 high) pure returns (uint256) {
    require(low <= high, "bound: empty range");
    if (low == 0 && high == type(uint256).max) return value;
    return low + (value % (high - low + 1));
}

/// @dev Signs a digest and packs the signature as the contracts take it: ERC-2098, `v` in the top bit of `vs`.
function signCompact(uint256 privateKey, bytes32 digest) pure returns (bytes32 r, bytes32 vs) {
    uint8 v;
    bytes32 s;
    (v, r, s) = vm.sign(privateKey, digest);
    vs = bytes32((uint256(v - 27) << 255) | uint256(s));
}

/// @dev Base of invariant tests: the runner reads from here which handlers, and which of their functions, it may call.
abstract contract InvariantTest {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    address[] private _targets;
    FuzzSelector[] private _selectors;

    function targetContracts() external view returns (address[] memory) {
        return _targets;
    }

    function targetSelectors() external view returns (FuzzSelector[] memory) {
        return _selectors;
    }

    /// @dev Lets the runner call only these functions of the handler.
    function _target(address handler, bytes4[] memory selectors) internal {
        _targets.push(handler);
        _selectors.push(FuzzSelector(handler, selectors));
    }
}
