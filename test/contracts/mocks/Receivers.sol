// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC721Receiver} from "@openzeppelin/contracts/token/ERC721/IERC721Receiver.sol";

/// @dev A contract that takes no ERC-721 until it is told to.
contract ReluctantReceiver is IERC721Receiver {
    error NotToday(uint256 tokenId);

    bool private _willing;

    function accept() external {
        _willing = true;
    }

    function onERC721Received(address, address, uint256 tokenId, bytes calldata) external view returns (bytes4) {
        if (!_willing) revert NotToday(tokenId);
        return IERC721Receiver.onERC721Received.selector;
    }
}

/// @dev Spends all the gas that it is given.
contract GreedyReceiver is IERC721Receiver {
    uint256 private _counter;

    function onERC721Received(address, address, uint256, bytes calldata) external returns (bytes4) {
        while (true) ++_counter;
        return 0;
    }
}

/// @dev Answers a delivery with a call of its own, and remembers how that went.
contract ReentrantReceiver is IERC721Receiver {
    address private _target;
    bytes private _call;

    bool public called;
    bool public succeeded;
    bytes public answer;

    function arm(address target, bytes calldata data) external {
        (_target, _call) = (target, data);
    }

    function onERC721Received(address, address, uint256, bytes calldata) external returns (bytes4) {
        called = true;
        (succeeded, answer) = _target.call(_call);
        return IERC721Receiver.onERC721Received.selector;
    }
}
