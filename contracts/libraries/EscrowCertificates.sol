// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

import {IAssetEscrow} from "../interfaces/IAssetEscrow.sol";
import {EscrowTerms} from "./EscrowTerms.sol";

/// @title Who may state what is finally held elsewhere, and how the statement is signed.
/// @dev A certificate is a type of its own: nothing that a gateway signs for another purpose can be carried here as one, the
/// request to decide least of all.
library EscrowCertificates {
    using EscrowTerms for address[];

    bytes32 internal constant CERTIFICATE_TYPEHASH = keccak256(
        "Certificate(bytes32 termsHash,uint8 fact,uint64 chainId,address source,uint64 blockNumber,bytes32 blockHash)"
    );

    /// @dev Name and version alone, on purpose: the terms hash names both ledgers and the register, and OpenZeppelin's EIP712
    /// would bind the escrow that reads the certificate instead of the chain that it speaks of.
    bytes32 internal constant DOMAIN_SEPARATOR = keccak256(
        abi.encode(
            keccak256("EIP712Domain(string name,string version)"),
            keccak256("Gatelog Certificate"),
            keccak256("1")
        )
    );

    /// @notice Fact by which a stranger assigns: none where the destination escrow itself is the register.
    /// @param terms Terms of the session.
    function commitFact(IAssetEscrow.Terms calldata terms) internal pure returns (IAssetEscrow.Fact) {
        return terms.logChainId == 0 ? IAssetEscrow.Fact.NONE : IAssetEscrow.Fact.REGISTER_COMMIT;
    }

    /// @notice Fact by which a stranger cancels: none where the destination escrow itself is the register.
    /// @param terms Terms of the session.
    function cancelFact(IAssetEscrow.Terms calldata terms) internal pure returns (IAssetEscrow.Fact) {
        return terms.logChainId == 0 ? IAssetEscrow.Fact.NONE : IAssetEscrow.Fact.REGISTER_ABORT;
    }

    /// @notice Fact by which a stranger unlocks. A cancelled destination is as good as an ABORT with any register, since it
    /// will never assign, and it is the only ABORT without one.
    /// @param terms Terms of the session.
    /// @param stated Fact that the certificate at hand states.
    function unlockFact(
        IAssetEscrow.Terms calldata terms,
        IAssetEscrow.Fact stated
    ) internal pure returns (IAssetEscrow.Fact) {
        if (terms.logChainId == 0 || stated == IAssetEscrow.Fact.DESTINATION_CANCELLED) {
            return IAssetEscrow.Fact.DESTINATION_CANCELLED;
        }
        return IAssetEscrow.Fact.REGISTER_ABORT;
    }

    /// @notice Reverts unless the certificate states the expected fact under a signature that the terms allow.
    /// @param certificate Certificate at hand.
    /// @param terms Terms of the session.
    /// @param termsHash Their hash.
    /// @param expected Fact that the action needs.
    function requireFact(
        IAssetEscrow.Certificate calldata certificate,
        IAssetEscrow.Terms calldata terms,
        bytes32 termsHash,
        IAssetEscrow.Fact expected
    ) internal pure {
        if (certificate.fact != expected) {
            revert IAssetEscrow.AssetEscrowInvalidCertificate(termsHash, expected, certificate.fact, address(0));
        }
        bytes32 digest = digestOf(certificate, terms, termsHash);
        bytes[] calldata signatures = certificate.signatures;
        uint256 threshold = terms.attestorThreshold;

        if (signatures.length == 1) {
            address signer = _signer(digest, signatures[0]);
            if (_isWitness(terms, expected, signer)) return;
            if (threshold != 1) {
                revert IAssetEscrow.AssetEscrowInvalidCertificate(termsHash, expected, expected, signer);
            }
        }
        if (signatures.length == 0 || signatures.length != threshold) {
            uint256 asked = threshold == 0 ? 1 : threshold;
            revert IAssetEscrow.AssetEscrowWrongSignatureCount(termsHash, asked, signatures.length);
        }
        address previous = address(0);
        for (uint256 i = 0; i < signatures.length; ++i) {
            address signer = _signer(digest, signatures[i]);
            // Ascending order makes the signers different without a list of those seen.
            if (signer <= previous || !terms.attestors.contains(signer)) {
                revert IAssetEscrow.AssetEscrowInvalidCertificate(termsHash, expected, expected, signer);
            }
            previous = signer;
        }
    }

    /// @notice EIP-712 digest that the signers of a certificate have signed.
    /// @param certificate Certificate at hand.
    /// @param terms Terms of the session.
    /// @param termsHash Their hash.
    function digestOf(
        IAssetEscrow.Certificate calldata certificate,
        IAssetEscrow.Terms calldata terms,
        bytes32 termsHash
    ) internal pure returns (bytes32) {
        bool ofDestination = certificate.fact == IAssetEscrow.Fact.DESTINATION_CANCELLED;
        bytes32 structHash = keccak256(
            abi.encode(
                CERTIFICATE_TYPEHASH,
                termsHash,
                certificate.fact,
                ofDestination ? terms.destination.chainId : terms.logChainId,
                ofDestination ? terms.destination.escrow : terms.logRegistry,
                certificate.blockNumber,
                certificate.blockHash
            )
        );
        return MessageHashUtils.toTypedDataHash(DOMAIN_SEPARATOR, structHash);
    }

    /// @dev Zero for a malformed signature: no list of the terms contains it.
    function _signer(bytes32 digest, bytes calldata signature) private pure returns (address signer) {
        (signer, , ) = ECDSA.tryRecoverCalldata(digest, signature);
    }

    /// @dev Whether this party's word is enough by itself. The origin's side is no witness of COMMIT: an assign on its word
    /// would let a group that this ledger never admitted put an asset into the world that its own ledger still has. Whoever is
    /// left waits for the destination's side, the attestors, or `cancelAfter`.
    function _isWitness(
        IAssetEscrow.Terms calldata terms,
        IAssetEscrow.Fact fact,
        address signer
    ) private pure returns (bool) {
        // Tombstones are written under terms that nobody has checked: zero among them must not make a bad signature good.
        if (signer == address(0)) return false;
        if (_isOf(terms.destination, signer)) return true;
        return fact != IAssetEscrow.Fact.REGISTER_COMMIT && _isOf(terms.origin, signer);
    }

    function _isOf(IAssetEscrow.Side calldata side, address account) private pure returns (bool) {
        return account == side.owner || side.keys.contains(account);
    }
}
