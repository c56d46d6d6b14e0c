// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

import {IAssetEscrow} from "../../contracts/interfaces/IAssetEscrow.sol";
import {Vm, vm} from "../support/Vm.sol";
import {AssetEscrowModel} from "./AssetEscrowModel.sol";
import {AssetEscrowReplay} from "./AssetEscrowReplay.sol";

/// @dev Drives eight sessions over two ledgers in any order: every action, by every kind of caller, late and twice, with two
/// clocks that nothing binds together, and with certificates. Beside the escrows stands a model of what the protocol says;
/// each call's outcome is predicted by it, and the first that differs is kept in `fault`.
///
/// What is assumed of the parties, and no more: they sign only certificates of what is so, they commit only what is burned,
/// and the destination's keys assign only what is committed (or burned, where the destination is the register). A stranger
/// may sign anything.
abstract contract AssetEscrowDriver is AssetEscrowModel {
    uint256 public constant FLOWS = 8;
    address private constant ELSEWHERE = address(0xE15E);
    /// @dev Stands for a revert that carries no error. No prediction is that.
    bytes4 private constant NAMELESS_ERROR = 0xFFFFFFFF;

    Flow[] private _flows;
    uint256 private _initialCoin;
    uint256 private _initialCoinMirror;
    uint256 private _initialGold;
    uint256 private _initialGoldMirror;

    AssetEscrowReplay public replay = new AssetEscrowReplay();
    string public fault;
    /// @dev Bit n: state n was entered; bit 16 + n: call of action n changed something; 32 + n: repeated; 48 + n: refused.
    uint256 public seen;

    constructor() {
        vm.recordLogs();
        _deployWorld();
        _issueCoin(1000);
        _issueGold(1000);
        _issueArt(1);
        _issueRelic(5);
        _issueRelic(7);
        vm.prank(alice);
        relic.transferFrom(alice, address(_reluctant), 5);
        vm.prank(address(_reluctant));
        relic.setApprovalForAll(address(alpha), true);
        _sendAhead(_coinTerms(70), 1);
        _sendAhead(_goldTerms(40), 2);
        _sendAhead(_relicTerms(7), 3);
        replay.fold(vm.getRecordedLogs());

        _begin(_coinTerms(100));
        _begin(_withoutRegister(_coinTerms(200)));
        _begin(_goldTerms(300));
        _begin(_back(_goldTerms(40)));
        IAssetEscrow.Terms memory terms = _artTerms(1);
        terms.beneficiary = address(_reluctant);
        _begin(terms);
        terms = _withoutRegister(_relicTerms(5));
        terms.originator = address(_reluctant);
        _begin(terms);
        _begin(_withoutRegister(_back(_coinTerms(70))));
        _begin(_back(_relicTerms(7)));

        _initialCoin = coin.totalSupply();
        _initialCoinMirror = coinMirror.totalSupply();
        _initialGold = gold.totalSupply() - _extinguished(alpha, address(gold));
        _initialGoldMirror = goldMirror.totalSupply();
    }

    // What the runner calls

    /// @dev Any action, by anybody, with any certificate.
    function act(uint8 flowSeed, uint8 actionSeed, uint8 callerSeed, uint8 factSeed) external {
        Flow storage flow = _flows[_pick(flowSeed)];
        Action action = Action(actionSeed % 8);
        address caller = _caller(flow, callerSeed);
        bool assignsByKey = action == Action.ASSIGN && _isKey(flow.terms.destination, caller);
        if (assignsByKey && !_mayAssign(flow)) caller = stranger;
        _perform(flow, action, caller, IAssetEscrow.Fact(factSeed % 4), callerSeed);
    }

    /// @dev What comes next if both gateways are well, so that sessions get somewhere.
    function advance(uint8 flowSeed, uint8 callerSeed) external {
        Flow storage flow = _flows[_pick(flowSeed)];
        IAssetEscrow.State origin = flow.origin;
        IAssetEscrow.State destination = flow.destination;
        address originKey = flow.terms.origin.keys[callerSeed % 2];
        address destinationKey = flow.terms.destination.keys[callerSeed % 2];
        IAssetEscrow.Fact none = IAssetEscrow.Fact.NONE;

        if (flow.originBooked) return _perform(flow, Action.CLAIM, flow.terms.originator, none, 0);
        if (flow.destinationBooked) return _perform(flow, Action.CLAIM, flow.terms.beneficiary, none, 0);
        if (flow.decision == IAssetEscrow.Fact.REGISTER_ABORT && destination != IAssetEscrow.State.CANCELLED) {
            return _perform(flow, Action.CANCEL, stranger, flow.decision, callerSeed);
        }
        if (destination == IAssetEscrow.State.CANCELLED) {
            Action end = origin == IAssetEscrow.State.BURNED ? Action.RECREATE : Action.UNLOCK;
            return _perform(flow, end, stranger, IAssetEscrow.Fact.DESTINATION_CANCELLED, callerSeed);
        }
        if (origin == IAssetEscrow.State.NONE) return _perform(flow, Action.LOCK, originKey, none, 0);
        if (destination == IAssetEscrow.State.NONE) return _perform(flow, Action.MINT, destinationKey, none, 0);
        if (origin == IAssetEscrow.State.LOCKED) return _perform(flow, Action.BURN, originKey, none, 0);
        if (_mayAssign(flow)) return _perform(flow, Action.ASSIGN, destinationKey, none, 0);
        _decide(flow, IAssetEscrow.Fact.REGISTER_COMMIT);
    }

    function decide(uint8 flowSeed, bool commit) external {
        _decide(_flows[_pick(flowSeed)], commit ? IAssetEscrow.Fact.REGISTER_COMMIT : IAssetEscrow.Fact.REGISTER_ABORT);
    }

    /// @dev One ledger's clock goes on, the other's does not: no two clocks agree.
    function wait(bool onAlpha, uint16 time) external {
        time %= 6 hours;
        if (onAlpha) _alphaClock += time;
        else _betaClock += time;
    }

    // What must hold, read from the escrows and tokens and not from the model

    /// @dev On how many ledgers the asset is usable: never on both (I1).
    function liveCopies(uint256 index) external view returns (uint256 copies) {
        (IAssetEscrow.State origin, IAssetEscrow.State destination) = _read(_flows[index]);
        bool onOrigin =
            origin == IAssetEscrow.State.NONE ||
                origin == IAssetEscrow.State.UNLOCKED ||
                origin == IAssetEscrow.State.RECREATED ||
                origin == IAssetEscrow.State.REFUSED;
        if (onOrigin) ++copies;
        if (destination == IAssetEscrow.State.ASSIGNED) ++copies;
    }

    /// @dev What the escrow of a token has, and what it owes: to sessions, to those who have not claimed, to the vault.
    function heldAndOwed(uint256 index, bool ofOrigin) external view returns (uint256 held, uint256 owed) {
        IAssetEscrow.Terms storage terms = _flows[index].terms;
        IAssetEscrow.Side storage side = ofOrigin ? terms.origin : terms.destination;
        IAssetEscrow escrow = IAssetEscrow(side.escrow);
        owed = _extinguished(escrow, side.token);
        for (uint256 i = 0; i < FLOWS; ++i) {
            Flow storage flow = _flows[i];
            (IAssetEscrow.State origin, IAssetEscrow.State destination) = _read(flow);
            uint256 quantity = terms.standard == IAssetEscrow.Standard.ERC20 ? flow.terms.value : 1;
            if (flow.terms.origin.token == side.token) {
                if (origin == IAssetEscrow.State.LOCKED || escrow.isBooked(flow.termsHash)) owed += quantity;
            }
            if (flow.terms.destination.token == side.token) {
                if (destination == IAssetEscrow.State.MINTED || escrow.isBooked(flow.termsHash)) owed += quantity;
            }
        }
        // ERC-20 and ERC-721 share this function.
        held = IERC20(side.token).balanceOf(side.escrow);
    }

    /// @dev Circulating supply of an amount's token, and what it must be by the sessions' states: each burn takes away, each
    /// mint adds.
    function circulatingAndExpected(uint256 which) external view returns (uint256 circulating, uint256 expected) {
        if (which == 0) return (coin.totalSupply(), _moved(address(coin), _initialCoin));
        if (which == 1) return (coinMirror.totalSupply(), _moved(address(coinMirror), _initialCoinMirror));
        if (which == 2) {
            uint256 vaulted = _extinguished(alpha, address(gold));
            return (gold.totalSupply() - vaulted, _moved(address(gold), _initialGold));
        }
        return (goldMirror.totalSupply(), _moved(address(goldMirror), _initialGoldMirror));
    }

    /// @dev Whether a replay of the events gives what the escrows hold of the session and its tokens.
    function matchesReplay(uint256 index) external view returns (bool) {
        Flow storage flow = _flows[index];
        return _matchesReplay(flow, flow.terms.origin) && _matchesReplay(flow, flow.terms.destination);
    }

    /// @dev Half of the calls go to two sessions, with a register and without: they must get far within one run.
    function _pick(uint256 seed) private pure returns (uint256) {
        return seed < 128 ? seed % 2 : seed % FLOWS;
    }

    function _perform(
        Flow storage flow,
        Action action,
        address caller,
        IAssetEscrow.Fact fact,
        uint256 signerSeed
    ) private {
        (IAssetEscrow.State originBefore, IAssetEscrow.State destinationBefore) = _read(flow);
        _attempt(flow, action, caller, fact, signerSeed);

        (IAssetEscrow.State origin, IAssetEscrow.State destination) = _read(flow);
        if (origin != flow.origin || destination != flow.destination) _fail("a state is not the predicted one");
        if (_isFinal(originBefore) && origin != originBefore) _fail("a final state of the origin changed");
        if (_isFinal(destinationBefore) && destination != destinationBefore) _fail("a final state changed");
    }

    function _attempt(
        Flow storage flow,
        Action action,
        address caller,
        IAssetEscrow.Fact fact,
        uint256 signerSeed
    ) private {
        uint256 signer = _signerOf(_isTrue(flow, fact), signerSeed);
        bool good = _isTrue(flow, fact) && _isWitness(flow, fact, vm.addr(signer));
        bytes memory call = _encode(flow, action, caller, _certificate(flow.terms, fact, signer));
        bool atOrigin = _isOfOrigin(flow, action);
        address escrow = atOrigin ? flow.terms.origin.escrow : flow.terms.destination.escrow;
        vm.warp(escrow == address(alpha) ? _alphaClock : _betaClock);

        (bytes4 expected, IAssetEscrow.State next) = _predict(flow, action, caller, fact, good);
        bytes4 actual = _call(escrow, caller, call);
        if (actual != expected) return _fail(_describe(flow, action, expected, actual));
        _note(action, actual == 0, atOrigin ? flow.origin : flow.destination, next);
        if (actual == 0) _apply(flow, action, atOrigin, next);
    }

    /// @dev The error with which the call reverted; zero if it did not.
    function _call(address escrow, address caller, bytes memory call) private returns (bytes4) {
        vm.recordLogs();
        vm.prank(caller);
        (bool success, bytes memory answer) = escrow.call(call);
        // The runner records what a reverted call emitted, too; on a chain it does not exist.
        Vm.Log[] memory logs = vm.getRecordedLogs();
        if (!success) return bytes4(answer) == 0 ? NAMELESS_ERROR : bytes4(answer);
        replay.fold(logs);
        return 0;
    }

    function _note(Action action, bool success, IAssetEscrow.State state, IAssetEscrow.State next) private {
        bool changed = success && (next != state || action == Action.CLAIM);
        seen |= 1 << uint256(next);
        seen |=
            1 <<
            ((
                changed
                    ? 16
                    : success
                        ? 32
                        : 48
            ) + uint256(action));
    }

    function _decide(Flow storage flow, IAssetEscrow.Fact decision) private {
        if (flow.terms.logChainId == 0 || flow.decision != IAssetEscrow.Fact.NONE) return;
        bool voted = flow.destination == IAssetEscrow.State.MINTED && flow.origin == IAssetEscrow.State.BURNED;
        if (decision == IAssetEscrow.Fact.REGISTER_COMMIT && !voted) return;
        flow.decision = decision;
    }

    /// @dev Any of the parties if it is true; a lie is signed by a stranger.
    function _signerOf(bool truthful, uint256 signerSeed) private pure returns (uint256) {
        uint256[4] memory parties = [ALPHA_OWNER, ALPHA_BACKUP, BETA_OWNER, BETA_KEY];
        return truthful ? parties[signerSeed % 4] : STRANGER;
    }

    function _certificate(
        IAssetEscrow.Terms memory terms,
        IAssetEscrow.Fact fact,
        uint256 signer
    ) private pure returns (IAssetEscrow.Certificate memory) {
        return fact == IAssetEscrow.Fact.NONE ? _none() : _signed(terms, fact, signer);
    }

    function _encode(
        Flow storage flow,
        Action action,
        address caller,
        IAssetEscrow.Certificate memory certificate
    ) private view returns (bytes memory) {
        IAssetEscrow.Terms memory terms = flow.terms;
        if (action == Action.LOCK) return abi.encodeCall(IAssetEscrow.lock, (terms));
        if (action == Action.BURN) return abi.encodeCall(IAssetEscrow.burn, (terms));
        if (action == Action.UNLOCK) return abi.encodeCall(IAssetEscrow.unlock, (terms, certificate));
        if (action == Action.RECREATE) return abi.encodeCall(IAssetEscrow.recreate, (terms, certificate));
        if (action == Action.MINT) return abi.encodeCall(IAssetEscrow.mint, (terms));
        if (action == Action.ASSIGN) return abi.encodeCall(IAssetEscrow.assign, (terms, certificate));
        if (action == Action.CANCEL) return abi.encodeCall(IAssetEscrow.cancel, (terms, certificate));
        address owner = _ownerOf(flow);
        return abi.encodeCall(IAssetEscrow.claim, (terms, caller == owner ? ELSEWHERE : owner));
    }

    function _caller(Flow storage flow, uint256 seed) private view returns (address) {
        uint256 which = seed % 10;
        if (which < 3) return flow.terms.origin.keys[which];
        if (which < 6) return flow.terms.destination.keys[which - 3];
        if (which == 6) return flow.terms.originator;
        if (which == 7) return flow.terms.beneficiary;
        return which == 8 ? stranger : flow.terms.origin.owner;
    }

    function _read(Flow storage flow) private view returns (IAssetEscrow.State origin, IAssetEscrow.State destination) {
        (origin, ) = IAssetEscrow(flow.terms.origin.escrow).stateOf(flow.termsHash);
        (destination, ) = IAssetEscrow(flow.terms.destination.escrow).stateOf(flow.termsHash);
    }

    function _matchesReplay(Flow storage flow, IAssetEscrow.Side storage side) private view returns (bool) {
        IAssetEscrow escrow = IAssetEscrow(side.escrow);
        (IAssetEscrow.State replayed, bool replayedBooking) = replay.stateOf(side.escrow, flow.termsHash);
        (IAssetEscrow.State actual, ) = escrow.stateOf(flow.termsHash);
        return
            replayed == actual &&
            replayedBooking == escrow.isBooked(flow.termsHash) &&
            replay.extinguished(side.escrow, side.token) == _extinguished(escrow, side.token);
    }

    function _extinguished(IAssetEscrow escrow, address token) private view returns (uint256 extinguished) {
        (, , extinguished) = escrow.tokenOf(token);
    }

    function _moved(address token, uint256 initial) private view returns (uint256 expected) {
        expected = initial;
        for (uint256 i = 0; i < FLOWS; ++i) {
            Flow storage flow = _flows[i];
            (, IAssetEscrow.State destination) = _read(flow);
            bool there = destination == IAssetEscrow.State.MINTED || destination == IAssetEscrow.State.ASSIGNED;
            if (flow.terms.destination.token == token && there) expected += flow.terms.value;
        }
        for (uint256 i = 0; i < FLOWS; ++i) {
            Flow storage flow = _flows[i];
            (IAssetEscrow.State origin, ) = _read(flow);
            if (flow.terms.origin.token == token && origin == IAssetEscrow.State.BURNED) expected -= flow.terms.value;
        }
    }

    /// @dev A finished transfer before the story begins: what comes back later must have gone there first.
    function _sendAhead(IAssetEscrow.Terms memory terms, uint128 number) private {
        terms.sessionId = bytes16(9000 + number);
        _transfer(terms);
        vm.startPrank(bob);
        if (terms.standard == IAssetEscrow.Standard.ERC721) {
            relicMirror.setApprovalForAll(address(beta), true);
        } else {
            IERC20(terms.destination.token).approve(address(beta), type(uint256).max);
        }
        vm.stopPrank();
    }

    function _begin(IAssetEscrow.Terms memory terms) private {
        uint256 number = _flows.length + 1;
        terms.sessionId = bytes16(uint128(number));
        // Early and late, and either of them first: safety rests on no order of the two.
        terms.lockExpiry = uint64(START + number * 4 hours);
        terms.cancelAfter = uint64(START + (FLOWS - number) * 6 hours + 1 hours);
        Flow storage flow = _flows.push();
        flow.terms = terms;
        flow.termsHash = _hash(terms);
    }

    function _describe(
        Flow storage flow,
        Action action,
        bytes4 expected,
        bytes4 actual
    ) private view returns (string memory) {
        string memory where = string.concat(
            "session ",
            Strings.toString(uint128(flow.terms.sessionId)),
            ", action ",
            Strings.toString(uint256(action)),
            ", states ",
            Strings.toString(uint256(flow.origin)),
            " and ",
            Strings.toString(uint256(flow.destination))
        );
        string memory wanted = Strings.toHexString(uint256(uint32(expected)), 4);
        return string.concat(where, ": predicted ", wanted, ", got ", Strings.toHexString(uint256(uint32(actual)), 4));
    }

    function _fail(string memory reason) private {
        if (bytes(fault).length == 0) fault = reason;
    }
}
