// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @dev Keeps a tenth of what is transferred.
contract FeeERC20 is ERC20 {
    constructor() ERC20("Fee", "FEE") {}

    function issue(address to, uint256 value) external {
        _mint(to, value);
    }

    function _update(address from, address to, uint256 value) internal override {
        if (from == address(0) || to == address(0)) return super._update(from, to, value);
        super._update(from, to, value - value / 10);
        super._update(from, address(0), value / 10);
    }
}

/// @dev An old token: says false instead of reverting, and moves nothing, once it is told to.
contract FalseERC20 is ERC20 {
    bool private _refusing;

    constructor() ERC20("False", "FALSE") {}

    function issue(address to, uint256 value) external {
        _mint(to, value);
    }

    function refuse(bool refusing) external {
        _refusing = refusing;
    }

    function transfer(address to, uint256 value) public override returns (bool) {
        return !_refusing && super.transfer(to, value);
    }

    function transferFrom(address from, address to, uint256 value) public override returns (bool) {
        return !_refusing && super.transferFrom(from, to, value);
    }
}

/// @dev Says that it moved the amount, and takes double of it out of the sender: another session would pay.
contract GreedyERC20 is ERC20 {
    constructor() ERC20("Greedy", "GREEDY") {}

    function issue(address to, uint256 value) external {
        _mint(to, value);
    }

    function transfer(address to, uint256 value) public override returns (bool) {
        return super.transfer(to, 2 * value);
    }
}

/// @dev Claims to mint and burn, and does neither.
contract IdleERC20 is ERC20 {
    constructor() ERC20("Idle", "IDLE") {}

    function issue(address to, uint256 value) external {
        _mint(to, value);
    }

    function mint(address to, uint256 value) external {}

    function burn(uint256 value) external {}
}

/// @dev Calls a target with given bytes in the middle of every transfer, and remembers how that went.
contract ReentrantERC20 is ERC20 {
    address private _target;
    bytes private _call;

    bool public called;
    bool public succeeded;
    bytes public answer;

    constructor() ERC20("Reentrant", "RE") {}

    function issue(address to, uint256 value) external {
        _mint(to, value);
    }

    function arm(address target, bytes calldata data) external {
        (_target, _call, called) = (target, data, false);
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (_target == address(0)) return;
        called = true;
        (succeeded, answer) = _target.call(_call);
    }
}
