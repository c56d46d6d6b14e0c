// Generated from contracts/AssetEscrow.sol by `npm run generate`. Do not edit.

import type { JsonFragment } from "ethers";

const abi: readonly JsonFragment[] = [
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "administrator",
        "type": "address"
      }
    ],
    "stateMutability": "nonpayable",
    "type": "constructor"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "termsHash",
        "type": "bytes32"
      },
      {
        "internalType": "bytes4",
        "name": "action",
        "type": "bytes4"
      },
      {
        "internalType": "enum IAssetEscrow.State",
        "name": "actual",
        "type": "uint8"
      }
    ],
    "name": "AssetEscrowConflict",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "uint256",
        "name": "expected",
        "type": "uint256"
      },
      {
        "internalType": "uint256",
        "name": "actual",
        "type": "uint256"
      }
    ],
    "name": "AssetEscrowGasTooLow",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "actual",
        "type": "address"
      }
    ],
    "name": "AssetEscrowGatewayNotAdmitted",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "termsHash",
        "type": "bytes32"
      },
      {
        "internalType": "enum IAssetEscrow.Fact",
        "name": "expected",
        "type": "uint8"
      },
      {
        "internalType": "enum IAssetEscrow.Fact",
        "name": "actual",
        "type": "uint8"
      },
      {
        "internalType": "address",
        "name": "signer",
        "type": "address"
      }
    ],
    "name": "AssetEscrowInvalidCertificate",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "member",
        "type": "bytes32"
      }
    ],
    "name": "AssetEscrowInvalidMapping",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "termsHash",
        "type": "bytes32"
      },
      {
        "internalType": "address",
        "name": "actual",
        "type": "address"
      }
    ],
    "name": "AssetEscrowInvalidRecipient",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "member",
        "type": "bytes32"
      }
    ],
    "name": "AssetEscrowInvalidTerms",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "termsHash",
        "type": "bytes32"
      },
      {
        "internalType": "uint256",
        "name": "expiry",
        "type": "uint256"
      },
      {
        "internalType": "uint256",
        "name": "actual",
        "type": "uint256"
      }
    ],
    "name": "AssetEscrowLockExpired",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "termsHash",
        "type": "bytes32"
      }
    ],
    "name": "AssetEscrowNothingToClaim",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "token",
        "type": "address"
      },
      {
        "internalType": "enum IAssetEscrow.Mode",
        "name": "actual",
        "type": "uint8"
      }
    ],
    "name": "AssetEscrowTokenMapped",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "termsHash",
        "type": "bytes32"
      },
      {
        "internalType": "bytes4",
        "name": "action",
        "type": "bytes4"
      },
      {
        "internalType": "address",
        "name": "actual",
        "type": "address"
      }
    ],
    "name": "AssetEscrowUnauthorized",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "token",
        "type": "address"
      },
      {
        "internalType": "address",
        "name": "operator",
        "type": "address"
      },
      {
        "internalType": "uint256",
        "name": "tokenId",
        "type": "uint256"
      }
    ],
    "name": "AssetEscrowUnexpectedToken",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "uint256",
        "name": "originChainId",
        "type": "uint256"
      },
      {
        "internalType": "address",
        "name": "originToken",
        "type": "address"
      },
      {
        "internalType": "address",
        "name": "expected",
        "type": "address"
      },
      {
        "internalType": "address",
        "name": "actual",
        "type": "address"
      }
    ],
    "name": "AssetEscrowUnmappedToken",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "token",
        "type": "address"
      },
      {
        "internalType": "uint256",
        "name": "expected",
        "type": "uint256"
      },
      {
        "internalType": "uint256",
        "name": "actual",
        "type": "uint256"
      }
    ],
    "name": "AssetEscrowVaultEmpty",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "token",
        "type": "address"
      },
      {
        "internalType": "uint256",
        "name": "expected",
        "type": "uint256"
      },
      {
        "internalType": "uint256",
        "name": "actual",
        "type": "uint256"
      }
    ],
    "name": "AssetEscrowWrongAmount",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "uint256",
        "name": "expectedChainId",
        "type": "uint256"
      },
      {
        "internalType": "address",
        "name": "expectedEscrow",
        "type": "address"
      },
      {
        "internalType": "uint256",
        "name": "actualChainId",
        "type": "uint256"
      },
      {
        "internalType": "address",
        "name": "actualEscrow",
        "type": "address"
      }
    ],
    "name": "AssetEscrowWrongLedger",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "termsHash",
        "type": "bytes32"
      },
      {
        "internalType": "uint256",
        "name": "expected",
        "type": "uint256"
      },
      {
        "internalType": "uint256",
        "name": "actual",
        "type": "uint256"
      }
    ],
    "name": "AssetEscrowWrongSignatureCount",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "owner",
        "type": "address"
      }
    ],
    "name": "OwnableInvalidOwner",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "account",
        "type": "address"
      }
    ],
    "name": "OwnableUnauthorizedAccount",
    "type": "error"
  },
  {
    "inputs": [],
    "name": "ReentrancyGuardReentrantCall",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "token",
        "type": "address"
      }
    ],
    "name": "SafeERC20FailedOperation",
    "type": "error"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "termsHash",
        "type": "bytes32"
      },
      {
        "indexed": true,
        "internalType": "bytes16",
        "name": "sessionId",
        "type": "bytes16"
      },
      {
        "indexed": false,
        "internalType": "address",
        "name": "token",
        "type": "address"
      },
      {
        "indexed": false,
        "internalType": "uint256",
        "name": "value",
        "type": "uint256"
      },
      {
        "indexed": false,
        "internalType": "address",
        "name": "beneficiary",
        "type": "address"
      },
      {
        "indexed": false,
        "internalType": "bool",
        "name": "delivered",
        "type": "bool"
      }
    ],
    "name": "Assigned",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "termsHash",
        "type": "bytes32"
      },
      {
        "indexed": true,
        "internalType": "bytes16",
        "name": "sessionId",
        "type": "bytes16"
      },
      {
        "indexed": false,
        "internalType": "address",
        "name": "token",
        "type": "address"
      },
      {
        "indexed": false,
        "internalType": "uint256",
        "name": "value",
        "type": "uint256"
      }
    ],
    "name": "Burned",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "termsHash",
        "type": "bytes32"
      },
      {
        "indexed": true,
        "internalType": "bytes16",
        "name": "sessionId",
        "type": "bytes16"
      }
    ],
    "name": "Cancelled",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "termsHash",
        "type": "bytes32"
      },
      {
        "indexed": true,
        "internalType": "bytes16",
        "name": "sessionId",
        "type": "bytes16"
      },
      {
        "indexed": false,
        "internalType": "address",
        "name": "token",
        "type": "address"
      },
      {
        "indexed": false,
        "internalType": "uint256",
        "name": "value",
        "type": "uint256"
      },
      {
        "indexed": false,
        "internalType": "address",
        "name": "to",
        "type": "address"
      }
    ],
    "name": "Claimed",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "address",
        "name": "key",
        "type": "address"
      }
    ],
    "name": "GatewayAdmitted",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "address",
        "name": "key",
        "type": "address"
      }
    ],
    "name": "GatewayBarred",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "termsHash",
        "type": "bytes32"
      },
      {
        "indexed": true,
        "internalType": "bytes16",
        "name": "sessionId",
        "type": "bytes16"
      },
      {
        "indexed": false,
        "internalType": "address",
        "name": "token",
        "type": "address"
      },
      {
        "indexed": false,
        "internalType": "uint256",
        "name": "value",
        "type": "uint256"
      },
      {
        "indexed": false,
        "internalType": "address",
        "name": "originator",
        "type": "address"
      }
    ],
    "name": "Locked",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "termsHash",
        "type": "bytes32"
      },
      {
        "indexed": true,
        "internalType": "bytes16",
        "name": "sessionId",
        "type": "bytes16"
      },
      {
        "indexed": false,
        "internalType": "address",
        "name": "token",
        "type": "address"
      },
      {
        "indexed": false,
        "internalType": "uint256",
        "name": "value",
        "type": "uint256"
      }
    ],
    "name": "Minted",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "address",
        "name": "previousOwner",
        "type": "address"
      },
      {
        "indexed": true,
        "internalType": "address",
        "name": "newOwner",
        "type": "address"
      }
    ],
    "name": "OwnershipTransferStarted",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "address",
        "name": "previousOwner",
        "type": "address"
      },
      {
        "indexed": true,
        "internalType": "address",
        "name": "newOwner",
        "type": "address"
      }
    ],
    "name": "OwnershipTransferred",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "termsHash",
        "type": "bytes32"
      },
      {
        "indexed": true,
        "internalType": "bytes16",
        "name": "sessionId",
        "type": "bytes16"
      },
      {
        "indexed": false,
        "internalType": "address",
        "name": "token",
        "type": "address"
      },
      {
        "indexed": false,
        "internalType": "uint256",
        "name": "value",
        "type": "uint256"
      },
      {
        "indexed": false,
        "internalType": "address",
        "name": "originator",
        "type": "address"
      },
      {
        "indexed": false,
        "internalType": "bool",
        "name": "delivered",
        "type": "bool"
      }
    ],
    "name": "Recreated",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "termsHash",
        "type": "bytes32"
      },
      {
        "indexed": true,
        "internalType": "bytes16",
        "name": "sessionId",
        "type": "bytes16"
      }
    ],
    "name": "Refused",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "uint256",
        "name": "originChainId",
        "type": "uint256"
      },
      {
        "indexed": true,
        "internalType": "address",
        "name": "originToken",
        "type": "address"
      },
      {
        "indexed": true,
        "internalType": "address",
        "name": "token",
        "type": "address"
      },
      {
        "indexed": false,
        "internalType": "enum IAssetEscrow.Standard",
        "name": "standard",
        "type": "uint8"
      },
      {
        "indexed": false,
        "internalType": "enum IAssetEscrow.Mode",
        "name": "mode",
        "type": "uint8"
      }
    ],
    "name": "TokenMapped",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "termsHash",
        "type": "bytes32"
      },
      {
        "indexed": true,
        "internalType": "bytes16",
        "name": "sessionId",
        "type": "bytes16"
      },
      {
        "indexed": false,
        "internalType": "address",
        "name": "token",
        "type": "address"
      },
      {
        "indexed": false,
        "internalType": "uint256",
        "name": "value",
        "type": "uint256"
      },
      {
        "indexed": false,
        "internalType": "address",
        "name": "originator",
        "type": "address"
      },
      {
        "indexed": false,
        "internalType": "bool",
        "name": "delivered",
        "type": "bool"
      }
    ],
    "name": "Unlocked",
    "type": "event"
  },
  {
    "inputs": [],
    "name": "acceptOwnership",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "key",
        "type": "address"
      }
    ],
    "name": "admitGateway",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "components": [
          {
            "internalType": "bytes16",
            "name": "sessionId",
            "type": "bytes16"
          },
          {
            "internalType": "enum IAssetEscrow.Standard",
            "name": "standard",
            "type": "uint8"
          },
          {
            "internalType": "uint256",
            "name": "value",
            "type": "uint256"
          },
          {
            "internalType": "string",
            "name": "tokenUri",
            "type": "string"
          },
          {
            "internalType": "address",
            "name": "originator",
            "type": "address"
          },
          {
            "internalType": "address",
            "name": "beneficiary",
            "type": "address"
          },
          {
            "components": [
              {
                "internalType": "uint64",
                "name": "chainId",
                "type": "uint64"
              },
              {
                "internalType": "address",
                "name": "escrow",
                "type": "address"
              },
              {
                "internalType": "address",
                "name": "token",
                "type": "address"
              },
              {
                "internalType": "address",
                "name": "owner",
                "type": "address"
              },
              {
                "internalType": "address[]",
                "name": "keys",
                "type": "address[]"
              }
            ],
            "internalType": "struct IAssetEscrow.Side",
            "name": "origin",
            "type": "tuple"
          },
          {
            "components": [
              {
                "internalType": "uint64",
                "name": "chainId",
                "type": "uint64"
              },
              {
                "internalType": "address",
                "name": "escrow",
                "type": "address"
              },
              {
                "internalType": "address",
                "name": "token",
                "type": "address"
              },
              {
                "internalType": "address",
                "name": "owner",
                "type": "address"
              },
              {
                "internalType": "address[]",
                "name": "keys",
                "type": "address[]"
              }
            ],
            "internalType": "struct IAssetEscrow.Side",
            "name": "destination",
            "type": "tuple"
          },
          {
            "internalType": "uint64",
            "name": "lockExpiry",
            "type": "uint64"
          },
          {
            "internalType": "uint64",
            "name": "cancelAfter",
            "type": "uint64"
          },
          {
            "internalType": "uint64",
            "name": "logChainId",
            "type": "uint64"
          },
          {
            "internalType": "address",
            "name": "logRegistry",
            "type": "address"
          },
          {
            "internalType": "address[]",
            "name": "attestors",
            "type": "address[]"
          },
          {
            "internalType": "uint8",
            "name": "attestorThreshold",
            "type": "uint8"
          }
        ],
        "internalType": "struct IAssetEscrow.Terms",
        "name": "terms",
        "type": "tuple"
      },
      {
        "components": [
          {
            "internalType": "enum IAssetEscrow.Fact",
            "name": "fact",
            "type": "uint8"
          },
          {
            "internalType": "uint64",
            "name": "blockNumber",
            "type": "uint64"
          },
          {
            "internalType": "bytes32",
            "name": "blockHash",
            "type": "bytes32"
          },
          {
            "internalType": "bytes[]",
            "name": "signatures",
            "type": "bytes[]"
          }
        ],
        "internalType": "struct IAssetEscrow.Certificate",
        "name": "certificate",
        "type": "tuple"
      }
    ],
    "name": "assign",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "key",
        "type": "address"
      }
    ],
    "name": "barGateway",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "components": [
          {
            "internalType": "bytes16",
            "name": "sessionId",
            "type": "bytes16"
          },
          {
            "internalType": "enum IAssetEscrow.Standard",
            "name": "standard",
            "type": "uint8"
          },
          {
            "internalType": "uint256",
            "name": "value",
            "type": "uint256"
          },
          {
            "internalType": "string",
            "name": "tokenUri",
            "type": "string"
          },
          {
            "internalType": "address",
            "name": "originator",
            "type": "address"
          },
          {
            "internalType": "address",
            "name": "beneficiary",
            "type": "address"
          },
          {
            "components": [
              {
                "internalType": "uint64",
                "name": "chainId",
                "type": "uint64"
              },
              {
                "internalType": "address",
                "name": "escrow",
                "type": "address"
              },
              {
                "internalType": "address",
                "name": "token",
                "type": "address"
              },
              {
                "internalType": "address",
                "name": "owner",
                "type": "address"
              },
              {
                "internalType": "address[]",
                "name": "keys",
                "type": "address[]"
              }
            ],
            "internalType": "struct IAssetEscrow.Side",
            "name": "origin",
            "type": "tuple"
          },
          {
            "components": [
              {
                "internalType": "uint64",
                "name": "chainId",
                "type": "uint64"
              },
              {
                "internalType": "address",
                "name": "escrow",
                "type": "address"
              },
              {
                "internalType": "address",
                "name": "token",
                "type": "address"
              },
              {
                "internalType": "address",
                "name": "owner",
                "type": "address"
              },
              {
                "internalType": "address[]",
                "name": "keys",
                "type": "address[]"
              }
            ],
            "internalType": "struct IAssetEscrow.Side",
            "name": "destination",
            "type": "tuple"
          },
          {
            "internalType": "uint64",
            "name": "lockExpiry",
            "type": "uint64"
          },
          {
            "internalType": "uint64",
            "name": "cancelAfter",
            "type": "uint64"
          },
          {
            "internalType": "uint64",
            "name": "logChainId",
            "type": "uint64"
          },
          {
            "internalType": "address",
            "name": "logRegistry",
            "type": "address"
          },
          {
            "internalType": "address[]",
            "name": "attestors",
            "type": "address[]"
          },
          {
            "internalType": "uint8",
            "name": "attestorThreshold",
            "type": "uint8"
          }
        ],
        "internalType": "struct IAssetEscrow.Terms",
        "name": "terms",
        "type": "tuple"
      }
    ],
    "name": "burn",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "components": [
          {
            "internalType": "bytes16",
            "name": "sessionId",
            "type": "bytes16"
          },
          {
            "internalType": "enum IAssetEscrow.Standard",
            "name": "standard",
            "type": "uint8"
          },
          {
            "internalType": "uint256",
            "name": "value",
            "type": "uint256"
          },
          {
            "internalType": "string",
            "name": "tokenUri",
            "type": "string"
          },
          {
            "internalType": "address",
            "name": "originator",
            "type": "address"
          },
          {
            "internalType": "address",
            "name": "beneficiary",
            "type": "address"
          },
          {
            "components": [
              {
                "internalType": "uint64",
                "name": "chainId",
                "type": "uint64"
              },
              {
                "internalType": "address",
                "name": "escrow",
                "type": "address"
              },
              {
                "internalType": "address",
                "name": "token",
                "type": "address"
              },
              {
                "internalType": "address",
                "name": "owner",
                "type": "address"
              },
              {
                "internalType": "address[]",
                "name": "keys",
                "type": "address[]"
              }
            ],
            "internalType": "struct IAssetEscrow.Side",
            "name": "origin",
            "type": "tuple"
          },
          {
            "components": [
              {
                "internalType": "uint64",
                "name": "chainId",
                "type": "uint64"
              },
              {
                "internalType": "address",
                "name": "escrow",
                "type": "address"
              },
              {
                "internalType": "address",
                "name": "token",
                "type": "address"
              },
              {
                "internalType": "address",
                "name": "owner",
                "type": "address"
              },
              {
                "internalType": "address[]",
                "name": "keys",
                "type": "address[]"
              }
            ],
            "internalType": "struct IAssetEscrow.Side",
            "name": "destination",
            "type": "tuple"
          },
          {
            "internalType": "uint64",
            "name": "lockExpiry",
            "type": "uint64"
          },
          {
            "internalType": "uint64",
            "name": "cancelAfter",
            "type": "uint64"
          },
          {
            "internalType": "uint64",
            "name": "logChainId",
            "type": "uint64"
          },
          {
            "internalType": "address",
            "name": "logRegistry",
            "type": "address"
          },
          {
            "internalType": "address[]",
            "name": "attestors",
            "type": "address[]"
          },
          {
            "internalType": "uint8",
            "name": "attestorThreshold",
            "type": "uint8"
          }
        ],
        "internalType": "struct IAssetEscrow.Terms",
        "name": "terms",
        "type": "tuple"
      },
      {
        "components": [
          {
            "internalType": "enum IAssetEscrow.Fact",
            "name": "fact",
            "type": "uint8"
          },
          {
            "internalType": "uint64",
            "name": "blockNumber",
            "type": "uint64"
          },
          {
            "internalType": "bytes32",
            "name": "blockHash",
            "type": "bytes32"
          },
          {
            "internalType": "bytes[]",
            "name": "signatures",
            "type": "bytes[]"
          }
        ],
        "internalType": "struct IAssetEscrow.Certificate",
        "name": "certificate",
        "type": "tuple"
      }
    ],
    "name": "cancel",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "components": [
          {
            "internalType": "bytes16",
            "name": "sessionId",
            "type": "bytes16"
          },
          {
            "internalType": "enum IAssetEscrow.Standard",
            "name": "standard",
            "type": "uint8"
          },
          {
            "internalType": "uint256",
            "name": "value",
            "type": "uint256"
          },
          {
            "internalType": "string",
            "name": "tokenUri",
            "type": "string"
          },
          {
            "internalType": "address",
            "name": "originator",
            "type": "address"
          },
          {
            "internalType": "address",
            "name": "beneficiary",
            "type": "address"
          },
          {
            "components": [
              {
                "internalType": "uint64",
                "name": "chainId",
                "type": "uint64"
              },
              {
                "internalType": "address",
                "name": "escrow",
                "type": "address"
              },
              {
                "internalType": "address",
                "name": "token",
                "type": "address"
              },
              {
                "internalType": "address",
                "name": "owner",
                "type": "address"
              },
              {
                "internalType": "address[]",
                "name": "keys",
                "type": "address[]"
              }
            ],
            "internalType": "struct IAssetEscrow.Side",
            "name": "origin",
            "type": "tuple"
          },
          {
            "components": [
              {
                "internalType": "uint64",
                "name": "chainId",
                "type": "uint64"
              },
              {
                "internalType": "address",
                "name": "escrow",
                "type": "address"
              },
              {
                "internalType": "address",
                "name": "token",
                "type": "address"
              },
              {
                "internalType": "address",
                "name": "owner",
                "type": "address"
              },
              {
                "internalType": "address[]",
                "name": "keys",
                "type": "address[]"
              }
            ],
            "internalType": "struct IAssetEscrow.Side",
            "name": "destination",
            "type": "tuple"
          },
          {
            "internalType": "uint64",
            "name": "lockExpiry",
            "type": "uint64"
          },
          {
            "internalType": "uint64",
            "name": "cancelAfter",
            "type": "uint64"
          },
          {
            "internalType": "uint64",
            "name": "logChainId",
            "type": "uint64"
          },
          {
            "internalType": "address",
            "name": "logRegistry",
            "type": "address"
          },
          {
            "internalType": "address[]",
            "name": "attestors",
            "type": "address[]"
          },
          {
            "internalType": "uint8",
            "name": "attestorThreshold",
            "type": "uint8"
          }
        ],
        "internalType": "struct IAssetEscrow.Terms",
        "name": "terms",
        "type": "tuple"
      },
      {
        "internalType": "address",
        "name": "to",
        "type": "address"
      }
    ],
    "name": "claim",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "token",
        "type": "address"
      },
      {
        "internalType": "enum IAssetEscrow.Standard",
        "name": "standard",
        "type": "uint8"
      },
      {
        "internalType": "uint256",
        "name": "value",
        "type": "uint256"
      },
      {
        "internalType": "address",
        "name": "to",
        "type": "address"
      }
    ],
    "name": "deliver",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "components": [
          {
            "internalType": "bytes16",
            "name": "sessionId",
            "type": "bytes16"
          },
          {
            "internalType": "enum IAssetEscrow.Standard",
            "name": "standard",
            "type": "uint8"
          },
          {
            "internalType": "uint256",
            "name": "value",
            "type": "uint256"
          },
          {
            "internalType": "string",
            "name": "tokenUri",
            "type": "string"
          },
          {
            "internalType": "address",
            "name": "originator",
            "type": "address"
          },
          {
            "internalType": "address",
            "name": "beneficiary",
            "type": "address"
          },
          {
            "components": [
              {
                "internalType": "uint64",
                "name": "chainId",
                "type": "uint64"
              },
              {
                "internalType": "address",
                "name": "escrow",
                "type": "address"
              },
              {
                "internalType": "address",
                "name": "token",
                "type": "address"
              },
              {
                "internalType": "address",
                "name": "owner",
                "type": "address"
              },
              {
                "internalType": "address[]",
                "name": "keys",
                "type": "address[]"
              }
            ],
            "internalType": "struct IAssetEscrow.Side",
            "name": "origin",
            "type": "tuple"
          },
          {
            "components": [
              {
                "internalType": "uint64",
                "name": "chainId",
                "type": "uint64"
              },
              {
                "internalType": "address",
                "name": "escrow",
                "type": "address"
              },
              {
                "internalType": "address",
                "name": "token",
                "type": "address"
              },
              {
                "internalType": "address",
                "name": "owner",
                "type": "address"
              },
              {
                "internalType": "address[]",
                "name": "keys",
                "type": "address[]"
              }
            ],
            "internalType": "struct IAssetEscrow.Side",
            "name": "destination",
            "type": "tuple"
          },
          {
            "internalType": "uint64",
            "name": "lockExpiry",
            "type": "uint64"
          },
          {
            "internalType": "uint64",
            "name": "cancelAfter",
            "type": "uint64"
          },
          {
            "internalType": "uint64",
            "name": "logChainId",
            "type": "uint64"
          },
          {
            "internalType": "address",
            "name": "logRegistry",
            "type": "address"
          },
          {
            "internalType": "address[]",
            "name": "attestors",
            "type": "address[]"
          },
          {
            "internalType": "uint8",
            "name": "attestorThreshold",
            "type": "uint8"
          }
        ],
        "internalType": "struct IAssetEscrow.Terms",
        "name": "terms",
        "type": "tuple"
      }
    ],
    "name": "hashOf",
    "outputs": [
      {
        "internalType": "bytes32",
        "name": "",
        "type": "bytes32"
      }
    ],
    "stateMutability": "pure",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "key",
        "type": "address"
      }
    ],
    "name": "isAdmitted",
    "outputs": [
      {
        "internalType": "bool",
        "name": "",
        "type": "bool"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "termsHash",
        "type": "bytes32"
      }
    ],
    "name": "isBooked",
    "outputs": [
      {
        "internalType": "bool",
        "name": "",
        "type": "bool"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "token",
        "type": "address"
      },
      {
        "internalType": "uint256",
        "name": "tokenId",
        "type": "uint256"
      }
    ],
    "name": "isExtinguished",
    "outputs": [
      {
        "internalType": "bool",
        "name": "",
        "type": "bool"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [
      {
        "components": [
          {
            "internalType": "bytes16",
            "name": "sessionId",
            "type": "bytes16"
          },
          {
            "internalType": "enum IAssetEscrow.Standard",
            "name": "standard",
            "type": "uint8"
          },
          {
            "internalType": "uint256",
            "name": "value",
            "type": "uint256"
          },
          {
            "internalType": "string",
            "name": "tokenUri",
            "type": "string"
          },
          {
            "internalType": "address",
            "name": "originator",
            "type": "address"
          },
          {
            "internalType": "address",
            "name": "beneficiary",
            "type": "address"
          },
          {
            "components": [
              {
                "internalType": "uint64",
                "name": "chainId",
                "type": "uint64"
              },
              {
                "internalType": "address",
                "name": "escrow",
                "type": "address"
              },
              {
                "internalType": "address",
                "name": "token",
                "type": "address"
              },
              {
                "internalType": "address",
                "name": "owner",
                "type": "address"
              },
              {
                "internalType": "address[]",
                "name": "keys",
                "type": "address[]"
              }
            ],
            "internalType": "struct IAssetEscrow.Side",
            "name": "origin",
            "type": "tuple"
          },
          {
            "components": [
              {
                "internalType": "uint64",
                "name": "chainId",
                "type": "uint64"
              },
              {
                "internalType": "address",
                "name": "escrow",
                "type": "address"
              },
              {
                "internalType": "address",
                "name": "token",
                "type": "address"
              },
              {
                "internalType": "address",
                "name": "owner",
                "type": "address"
              },
              {
                "internalType": "address[]",
                "name": "keys",
                "type": "address[]"
              }
            ],
            "internalType": "struct IAssetEscrow.Side",
            "name": "destination",
            "type": "tuple"
          },
          {
            "internalType": "uint64",
            "name": "lockExpiry",
            "type": "uint64"
          },
          {
            "internalType": "uint64",
            "name": "cancelAfter",
            "type": "uint64"
          },
          {
            "internalType": "uint64",
            "name": "logChainId",
            "type": "uint64"
          },
          {
            "internalType": "address",
            "name": "logRegistry",
            "type": "address"
          },
          {
            "internalType": "address[]",
            "name": "attestors",
            "type": "address[]"
          },
          {
            "internalType": "uint8",
            "name": "attestorThreshold",
            "type": "uint8"
          }
        ],
        "internalType": "struct IAssetEscrow.Terms",
        "name": "terms",
        "type": "tuple"
      }
    ],
    "name": "lock",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "components": [
          {
            "internalType": "bytes16",
            "name": "sessionId",
            "type": "bytes16"
          },
          {
            "internalType": "enum IAssetEscrow.Standard",
            "name": "standard",
            "type": "uint8"
          },
          {
            "internalType": "uint256",
            "name": "value",
            "type": "uint256"
          },
          {
            "internalType": "string",
            "name": "tokenUri",
            "type": "string"
          },
          {
            "internalType": "address",
            "name": "originator",
            "type": "address"
          },
          {
            "internalType": "address",
            "name": "beneficiary",
            "type": "address"
          },
          {
            "components": [
              {
                "internalType": "uint64",
                "name": "chainId",
                "type": "uint64"
              },
              {
                "internalType": "address",
                "name": "escrow",
                "type": "address"
              },
              {
                "internalType": "address",
                "name": "token",
                "type": "address"
              },
              {
                "internalType": "address",
                "name": "owner",
                "type": "address"
              },
              {
                "internalType": "address[]",
                "name": "keys",
                "type": "address[]"
              }
            ],
            "internalType": "struct IAssetEscrow.Side",
            "name": "origin",
            "type": "tuple"
          },
          {
            "components": [
              {
                "internalType": "uint64",
                "name": "chainId",
                "type": "uint64"
              },
              {
                "internalType": "address",
                "name": "escrow",
                "type": "address"
              },
              {
                "internalType": "address",
                "name": "token",
                "type": "address"
              },
              {
                "internalType": "address",
                "name": "owner",
                "type": "address"
              },
              {
                "internalType": "address[]",
                "name": "keys",
                "type": "address[]"
              }
            ],
            "internalType": "struct IAssetEscrow.Side",
            "name": "destination",
            "type": "tuple"
          },
          {
            "internalType": "uint64",
            "name": "lockExpiry",
            "type": "uint64"
          },
          {
            "internalType": "uint64",
            "name": "cancelAfter",
            "type": "uint64"
          },
          {
            "internalType": "uint64",
            "name": "logChainId",
            "type": "uint64"
          },
          {
            "internalType": "address",
            "name": "logRegistry",
            "type": "address"
          },
          {
            "internalType": "address[]",
            "name": "attestors",
            "type": "address[]"
          },
          {
            "internalType": "uint8",
            "name": "attestorThreshold",
            "type": "uint8"
          }
        ],
        "internalType": "struct IAssetEscrow.Terms",
        "name": "terms",
        "type": "tuple"
      },
      {
        "internalType": "uint256",
        "name": "permitDeadline",
        "type": "uint256"
      },
      {
        "internalType": "uint8",
        "name": "v",
        "type": "uint8"
      },
      {
        "internalType": "bytes32",
        "name": "r",
        "type": "bytes32"
      },
      {
        "internalType": "bytes32",
        "name": "s",
        "type": "bytes32"
      }
    ],
    "name": "lockWithPermit",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "uint256",
        "name": "originChainId",
        "type": "uint256"
      },
      {
        "internalType": "address",
        "name": "originToken",
        "type": "address"
      },
      {
        "internalType": "address",
        "name": "token",
        "type": "address"
      },
      {
        "internalType": "enum IAssetEscrow.Standard",
        "name": "standard",
        "type": "uint8"
      },
      {
        "internalType": "enum IAssetEscrow.Mode",
        "name": "mode",
        "type": "uint8"
      }
    ],
    "name": "mapToken",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "uint256",
        "name": "originChainId",
        "type": "uint256"
      },
      {
        "internalType": "address",
        "name": "originToken",
        "type": "address"
      }
    ],
    "name": "mappedToken",
    "outputs": [
      {
        "internalType": "address",
        "name": "",
        "type": "address"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [
      {
        "components": [
          {
            "internalType": "bytes16",
            "name": "sessionId",
            "type": "bytes16"
          },
          {
            "internalType": "enum IAssetEscrow.Standard",
            "name": "standard",
            "type": "uint8"
          },
          {
            "internalType": "uint256",
            "name": "value",
            "type": "uint256"
          },
          {
            "internalType": "string",
            "name": "tokenUri",
            "type": "string"
          },
          {
            "internalType": "address",
            "name": "originator",
            "type": "address"
          },
          {
            "internalType": "address",
            "name": "beneficiary",
            "type": "address"
          },
          {
            "components": [
              {
                "internalType": "uint64",
                "name": "chainId",
                "type": "uint64"
              },
              {
                "internalType": "address",
                "name": "escrow",
                "type": "address"
              },
              {
                "internalType": "address",
                "name": "token",
                "type": "address"
              },
              {
                "internalType": "address",
                "name": "owner",
                "type": "address"
              },
              {
                "internalType": "address[]",
                "name": "keys",
                "type": "address[]"
              }
            ],
            "internalType": "struct IAssetEscrow.Side",
            "name": "origin",
            "type": "tuple"
          },
          {
            "components": [
              {
                "internalType": "uint64",
                "name": "chainId",
                "type": "uint64"
              },
              {
                "internalType": "address",
                "name": "escrow",
                "type": "address"
              },
              {
                "internalType": "address",
                "name": "token",
                "type": "address"
              },
              {
                "internalType": "address",
                "name": "owner",
                "type": "address"
              },
              {
                "internalType": "address[]",
                "name": "keys",
                "type": "address[]"
              }
            ],
            "internalType": "struct IAssetEscrow.Side",
            "name": "destination",
            "type": "tuple"
          },
          {
            "internalType": "uint64",
            "name": "lockExpiry",
            "type": "uint64"
          },
          {
            "internalType": "uint64",
            "name": "cancelAfter",
            "type": "uint64"
          },
          {
            "internalType": "uint64",
            "name": "logChainId",
            "type": "uint64"
          },
          {
            "internalType": "address",
            "name": "logRegistry",
            "type": "address"
          },
          {
            "internalType": "address[]",
            "name": "attestors",
            "type": "address[]"
          },
          {
            "internalType": "uint8",
            "name": "attestorThreshold",
            "type": "uint8"
          }
        ],
        "internalType": "struct IAssetEscrow.Terms",
        "name": "terms",
        "type": "tuple"
      }
    ],
    "name": "mint",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "operator",
        "type": "address"
      },
      {
        "internalType": "address",
        "name": "",
        "type": "address"
      },
      {
        "internalType": "uint256",
        "name": "tokenId",
        "type": "uint256"
      },
      {
        "internalType": "bytes",
        "name": "",
        "type": "bytes"
      }
    ],
    "name": "onERC721Received",
    "outputs": [
      {
        "internalType": "bytes4",
        "name": "",
        "type": "bytes4"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [],
    "name": "owner",
    "outputs": [
      {
        "internalType": "address",
        "name": "",
        "type": "address"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [],
    "name": "pendingOwner",
    "outputs": [
      {
        "internalType": "address",
        "name": "",
        "type": "address"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [
      {
        "components": [
          {
            "internalType": "bytes16",
            "name": "sessionId",
            "type": "bytes16"
          },
          {
            "internalType": "enum IAssetEscrow.Standard",
            "name": "standard",
            "type": "uint8"
          },
          {
            "internalType": "uint256",
            "name": "value",
            "type": "uint256"
          },
          {
            "internalType": "string",
            "name": "tokenUri",
            "type": "string"
          },
          {
            "internalType": "address",
            "name": "originator",
            "type": "address"
          },
          {
            "internalType": "address",
            "name": "beneficiary",
            "type": "address"
          },
          {
            "components": [
              {
                "internalType": "uint64",
                "name": "chainId",
                "type": "uint64"
              },
              {
                "internalType": "address",
                "name": "escrow",
                "type": "address"
              },
              {
                "internalType": "address",
                "name": "token",
                "type": "address"
              },
              {
                "internalType": "address",
                "name": "owner",
                "type": "address"
              },
              {
                "internalType": "address[]",
                "name": "keys",
                "type": "address[]"
              }
            ],
            "internalType": "struct IAssetEscrow.Side",
            "name": "origin",
            "type": "tuple"
          },
          {
            "components": [
              {
                "internalType": "uint64",
                "name": "chainId",
                "type": "uint64"
              },
              {
                "internalType": "address",
                "name": "escrow",
                "type": "address"
              },
              {
                "internalType": "address",
                "name": "token",
                "type": "address"
              },
              {
                "internalType": "address",
                "name": "owner",
                "type": "address"
              },
              {
                "internalType": "address[]",
                "name": "keys",
                "type": "address[]"
              }
            ],
            "internalType": "struct IAssetEscrow.Side",
            "name": "destination",
            "type": "tuple"
          },
          {
            "internalType": "uint64",
            "name": "lockExpiry",
            "type": "uint64"
          },
          {
            "internalType": "uint64",
            "name": "cancelAfter",
            "type": "uint64"
          },
          {
            "internalType": "uint64",
            "name": "logChainId",
            "type": "uint64"
          },
          {
            "internalType": "address",
            "name": "logRegistry",
            "type": "address"
          },
          {
            "internalType": "address[]",
            "name": "attestors",
            "type": "address[]"
          },
          {
            "internalType": "uint8",
            "name": "attestorThreshold",
            "type": "uint8"
          }
        ],
        "internalType": "struct IAssetEscrow.Terms",
        "name": "terms",
        "type": "tuple"
      },
      {
        "components": [
          {
            "internalType": "enum IAssetEscrow.Fact",
            "name": "fact",
            "type": "uint8"
          },
          {
            "internalType": "uint64",
            "name": "blockNumber",
            "type": "uint64"
          },
          {
            "internalType": "bytes32",
            "name": "blockHash",
            "type": "bytes32"
          },
          {
            "internalType": "bytes[]",
            "name": "signatures",
            "type": "bytes[]"
          }
        ],
        "internalType": "struct IAssetEscrow.Certificate",
        "name": "certificate",
        "type": "tuple"
      }
    ],
    "name": "recreate",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [],
    "name": "renounceOwnership",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "termsHash",
        "type": "bytes32"
      }
    ],
    "name": "stateOf",
    "outputs": [
      {
        "internalType": "enum IAssetEscrow.State",
        "name": "state",
        "type": "uint8"
      },
      {
        "internalType": "uint32",
        "name": "sinceBlock",
        "type": "uint32"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "token",
        "type": "address"
      }
    ],
    "name": "tokenOf",
    "outputs": [
      {
        "internalType": "enum IAssetEscrow.Standard",
        "name": "standard",
        "type": "uint8"
      },
      {
        "internalType": "enum IAssetEscrow.Mode",
        "name": "mode",
        "type": "uint8"
      },
      {
        "internalType": "uint256",
        "name": "extinguished",
        "type": "uint256"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "newOwner",
        "type": "address"
      }
    ],
    "name": "transferOwnership",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "components": [
          {
            "internalType": "bytes16",
            "name": "sessionId",
            "type": "bytes16"
          },
          {
            "internalType": "enum IAssetEscrow.Standard",
            "name": "standard",
            "type": "uint8"
          },
          {
            "internalType": "uint256",
            "name": "value",
            "type": "uint256"
          },
          {
            "internalType": "string",
            "name": "tokenUri",
            "type": "string"
          },
          {
            "internalType": "address",
            "name": "originator",
            "type": "address"
          },
          {
            "internalType": "address",
            "name": "beneficiary",
            "type": "address"
          },
          {
            "components": [
              {
                "internalType": "uint64",
                "name": "chainId",
                "type": "uint64"
              },
              {
                "internalType": "address",
                "name": "escrow",
                "type": "address"
              },
              {
                "internalType": "address",
                "name": "token",
                "type": "address"
              },
              {
                "internalType": "address",
                "name": "owner",
                "type": "address"
              },
              {
                "internalType": "address[]",
                "name": "keys",
                "type": "address[]"
              }
            ],
            "internalType": "struct IAssetEscrow.Side",
            "name": "origin",
            "type": "tuple"
          },
          {
            "components": [
              {
                "internalType": "uint64",
                "name": "chainId",
                "type": "uint64"
              },
              {
                "internalType": "address",
                "name": "escrow",
                "type": "address"
              },
              {
                "internalType": "address",
                "name": "token",
                "type": "address"
              },
              {
                "internalType": "address",
                "name": "owner",
                "type": "address"
              },
              {
                "internalType": "address[]",
                "name": "keys",
                "type": "address[]"
              }
            ],
            "internalType": "struct IAssetEscrow.Side",
            "name": "destination",
            "type": "tuple"
          },
          {
            "internalType": "uint64",
            "name": "lockExpiry",
            "type": "uint64"
          },
          {
            "internalType": "uint64",
            "name": "cancelAfter",
            "type": "uint64"
          },
          {
            "internalType": "uint64",
            "name": "logChainId",
            "type": "uint64"
          },
          {
            "internalType": "address",
            "name": "logRegistry",
            "type": "address"
          },
          {
            "internalType": "address[]",
            "name": "attestors",
            "type": "address[]"
          },
          {
            "internalType": "uint8",
            "name": "attestorThreshold",
            "type": "uint8"
          }
        ],
        "internalType": "struct IAssetEscrow.Terms",
        "name": "terms",
        "type": "tuple"
      },
      {
        "components": [
          {
            "internalType": "enum IAssetEscrow.Fact",
            "name": "fact",
            "type": "uint8"
          },
          {
            "internalType": "uint64",
            "name": "blockNumber",
            "type": "uint64"
          },
          {
            "internalType": "bytes32",
            "name": "blockHash",
            "type": "bytes32"
          },
          {
            "internalType": "bytes[]",
            "name": "signatures",
            "type": "bytes[]"
          }
        ],
        "internalType": "struct IAssetEscrow.Certificate",
        "name": "certificate",
        "type": "tuple"
      }
    ],
    "name": "unlock",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  }
];

export const AssetEscrowArtifact = {
  contractName: "AssetEscrow",
  abi,
  bytecode: "0x60803460c157601f6146e638819003918201601f19168301916001600160401b0383118484101760c55780849260209460405283398101031260c157516001600160a01b0381169081900360c157801560ae57600180546001600160a01b03199081169091555f80549182168317815560405192916001600160a01b0316907f8be0079c531659141344cd1fd0a4f28419497f9722a3daafe3b4186f6b6457e09080a361460c90816100da8239f35b631e4fbdf760e01b5f525f60045260245ffd5b5f80fd5b634e487b7160e01b5f52604160045260245ffdfe60806040526004361015610011575f80fd5b5f3560e01c80630a04a03314610b765780630a16b83814610b4d578063150b7a0214610a80578063153ee37214610a2757806342ec38e2146109c157806364482ac41461097a5780636598f52a1461094857806365fb68e81461092a5780636cadba261461090a578063715018a614610873578063728768ba1461059a57806379ba5097146104ca5780637f11bfdc14610481578063831e7912146104225780638da5cb5b146103fd5780639b6f4716146103de578063adca735c146103bf578063d233fb3814610382578063e30c39781461035c578063e96d308f1461033d578063eef770bb1461031f578063f01b5bd01461027d578063f2fde38b146101f8578063f42c85c4146101aa578063f52e973b146101665763f9e9d1b114610137575f80fd5b3461016257602060031936011261016257610160610153610bc8565b61015b6131d1565b6122ae565b005b5f80fd5b346101625761018561017736610c20565b90610180612326565b6120f7565b5f7f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f005d005b34610162576040600319360112610162576101c3610bde565b6004355f5260046020526001600160a01b0360405f2091165f5260205260206001600160a01b0360405f205416604051908152f35b34610162576020600319360112610162576001600160a01b03610219610bc8565b6102216131d1565b16807fffffffffffffffffffffffff000000000000000000000000000000000000000060015416176001556001600160a01b035f54167f38d16b8cac22d99fc7c124b9cd0de2d3fa1faef420bfe791d8c362d765e227005f80a3005b3461016257608060031936011261016257610296610bc8565b60243590600382101561016257606435906001600160a01b0382168203610162573033036102cb576101609260443591613aa2565b7f7b8fab3e000000000000000000000000000000000000000000000000000000005f525f6004527ff01b5bd0000000000000000000000000000000000000000000000000000000006024523360445260645ffd5b346101625761018561033036610b94565b610338612326565b611f4d565b346101625761018561034e36610c20565b90610357612326565b611d2f565b34610162575f6003193601126101625760206001600160a01b0360015416604051908152f35b34610162576020600319360112610162576001600160a01b036103a3610bc8565b165f526006602052602060ff60405f2054166040519015158152f35b34610162576101856103d036610c20565b906103d9612326565b611aa4565b34610162576101856103ef36610c20565b906103f8612326565b6116c7565b34610162575f6003193601126101625760206001600160a01b035f5416604051908152f35b346101625760a06003193601126101625760043567ffffffffffffffff8111610162576101c060031982360301126101625760443560ff81168103610162576101859161046d612326565b6084359160643591602435906004016115b5565b34610162576040600319360112610162576001600160a01b036104a2610bc8565b165f52600360205260405f206024355f52602052602060ff60405f2054166040519015158152f35b34610162575f60031936011261016257336001600160a01b03600154160361056e577fffffffffffffffffffffffff0000000000000000000000000000000000000000600154166001555f54337fffffffffffffffffffffffff00000000000000000000000000000000000000008216175f556001600160a01b033391167f8be0079c531659141344cd1fd0a4f28419497f9722a3daafe3b4186f6b6457e05f80a3005b7f118cdaa7000000000000000000000000000000000000000000000000000000005f523360045260245ffd5b346101625760406003193601126101625760043567ffffffffffffffff811161016257806004016101c06003198336030112610162576105d8610bde565b906105e1612326565b60c48301926105f86105f38584610c79565b6139ed565b15610859575b6106078261377a565b91825f52600560205260405f20805460ff8160281c161561082d5760ff81166009811015610800576007149687156107ee5761064560a48601610d1e565b975b156107d157506001600160a01b0361066d604061066760e4880187610c79565b01610d1e565b975b168033141590816107bd575b50610769576001600160a01b03861680158015610760575b610731575065ff000000000019169055602491906106b090610d00565b6044820135937fdc9be2bcd92fef859410de98d1cd86837fd0311b4f3f67b2435e9a86e77209216fffffffffffffffffffffffffffffffff196040519316928061071a89898c849160409194936001600160a01b0391826060860197168552602085015216910152565b0390a3013560038110156101625761018593613aa2565b857fdb42d381000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b50308114610693565b847f7b8fab3e000000000000000000000000000000000000000000000000000000005f526004527f728768ba000000000000000000000000000000000000000000000000000000006024523360445260645ffd5b90506001600160a01b03871614158861067b565b6107e860406106676001600160a01b039387610c79565b9761066f565b6107fa60848601610d1e565b97610647565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52602160045260245ffd5b847f5beeff0d000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b61086e61086960e4830184610c79565b613a27565b6105fe565b34610162575f6003193601126101625761088b6131d1565b7fffffffffffffffffffffffff0000000000000000000000000000000000000000600154166001555f6001600160a01b0381547fffffffffffffffffffffffff000000000000000000000000000000000000000081168355167f8be0079c531659141344cd1fd0a4f28419497f9722a3daafe3b4186f6b6457e08280a3005b3461016257602061092261091d36610b94565b61377a565b604051908152f35b346101625761018561093b36610b94565b610943612326565b6114ed565b34610162576020600319360112610162576004355f526005602052602060ff60405f205460281c166040519015158152f35b34610162576020600319360112610162576004355f52600560205260405f205460ff81166040519060098110156108005760409263ffffffff91835260081c166020820152f35b34610162576020600319360112610162576001600160a01b036109e2610bc8565b165f526002602052606060405f20805490600160ff8084169360081c169101549060405192610a1081610c08565b8352610a1b81610c08565b60208301526040820152f35b346101625760a060031936011261016257610a40610bde565b6044356001600160a01b0381168103610162576064356003811015610162576084359160038310156101625761016093610a786131d1565b600435611148565b3461016257608060031936011261016257610a99610bc8565b610aa1610bde565b5060643567ffffffffffffffff8111610162573660238201121561016257806004013567ffffffffffffffff81116101625736910160240111610162576001600160a01b0316308103610b185760206040517f150b7a02000000000000000000000000000000000000000000000000000000008152f35b7f9d552188000000000000000000000000000000000000000000000000000000005f523360045260245260443560445260645ffd5b3461016257602060031936011261016257610160610b69610bc8565b610b716131d1565b6110cf565b3461016257610185610b8736610b94565b610b8f612326565b610d83565b6020600319820112610162576004359067ffffffffffffffff821161016257600319826101c0920301126101625760040190565b600435906001600160a01b038216820361016257565b602435906001600160a01b038216820361016257565b35906001600160a01b038216820361016257565b6003111561080057565b600981101561080057604452565b9060406003198301126101625760043567ffffffffffffffff8111610162576101c0600319828503011261016257600401916024359067ffffffffffffffff821161016257600319826080920301126101625760040190565b9035907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff6181360301821215610162570190565b9035907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe181360301821215610162570180359067ffffffffffffffff821161016257602001918160051b3603831361016257565b356fffffffffffffffffffffffffffffffff19811681036101625790565b356001600160a01b03811681036101625790565b9035907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe181360301821215610162570180359067ffffffffffffffff82116101625760200191813603831361016257565b60e0810190610d956108698383610c79565b610d9e8161377a565b90610da88261239a565b6110ca57610dcd610dc6610dbc8584610c79565b6080810190610cac565b3391613c1c565b1561107657610dda61262f565b610de381612680565b60c0810167ffffffffffffffff610e02610dfd8385610c79565b611a8f565b165f52600460205260405f206001600160a01b03610e2560406106678587610c79565b165f526020526001600160a01b0360405f2054169081158015611055575b610fd457505f52600260205260ff60405f205416916020820135926003841015610162578390610e7282610c08565b610e7b81610c08565b03610fa157604051610e8c8161152b565b60068152602081019063ffffffff43168252604081015f8152835f52600560205260405f209151600981101561080057610f9f97610f13610f8c9460409461066794610f979864ffffffffff1960ff64ffffffff008654935160081b16931691161717825551151565ff00000000001965ff0000000000835492151560281b169116179055565b610f1c87610d00565b95610f2b84610667848b610c79565b84516001600160a01b0390911681528885013560208201819052976fffffffffffffffffffffffffffffffff191691907f1cf2f01dff937599045256a4bff07b1b6795436c9b5f32c4e279c07f7ad514ed9080604081015b0390a386610c79565b926060810190610d32565b939092612f48565b565b6301d2e71760e61b5f527f7374616e6461726400000000000000000000000000000000000000000000000060045260245ffd5b6001600160a01b03836084938261100b60406106678b61100583610667610ffe610dfd8d8c610c79565b9b8a610c79565b96610c79565b9267ffffffffffffffff604051967f7b2fb21b0000000000000000000000000000000000000000000000000000000088521660048701521660248501526044840152166064820152fd5b506001600160a01b0361106d60406106678887610c79565b16821415610e43565b507f7b8fab3e000000000000000000000000000000000000000000000000000000005f526004527f0a04a033000000000000000000000000000000000000000000000000000000006024523360445260645ffd5b505050565b6001600160a01b0316805f52600660205260ff60405f2054161561114557805f52600660205260405f207fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff0081541690557f813ad27a7be4d6fe2e55a933a11e0a38c3f3616dbae2b820b18d81b36d2df4975f80a2565b50565b91929082156114a1576001600160a01b031692831561145557803b156114095761117182610c08565b81156113bd5761118085610c08565b8415611371576001600160a01b031693845f52600260205260405f20805460ff8160081c166111ae81610c08565b80151580611336575b6113065750845f52600460205260405f20865f526020526001600160a01b0360405f2054168781146112fc57806112b157509183916040936112197f6ffde196735c6017de60c9fd22b6a4c6821be3fae2b4fa56e2c3d28827aca04696610c08565b61122283610c08565b61ff008360081b16907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff000060ff8616911617179055845f526004602052825f20865f52602052825f20877fffffffffffffffffffffffff000000000000000000000000000000000000000082541617905582519161129e81610c08565b82526112a981610c08565b6020820152a4565b805f52600260205260ff60405f205460081c16907fcbf575f8000000000000000000000000000000000000000000000000000000005f526004526112f481610c08565b60245260445ffd5b5050505050505050565b877fcbf575f8000000000000000000000000000000000000000000000000000000005f526004526112f481610c08565b508460ff831661134582610c08565b61134e81610c08565b1415806111b7575061135f84610c08565b61136881610c08565b838114156111b7565b7f39f5ba46000000000000000000000000000000000000000000000000000000005f527f6d6f64650000000000000000000000000000000000000000000000000000000060045260245ffd5b7f39f5ba46000000000000000000000000000000000000000000000000000000005f527f7374616e6461726400000000000000000000000000000000000000000000000060045260245ffd5b7f39f5ba46000000000000000000000000000000000000000000000000000000005f527f746f6b656e00000000000000000000000000000000000000000000000000000060045260245ffd5b7f39f5ba46000000000000000000000000000000000000000000000000000000005f527f6f726967696e546f6b656e00000000000000000000000000000000000000000060045260245ffd5b7f39f5ba46000000000000000000000000000000000000000000000000000000005f527f6f726967696e436861696e49640000000000000000000000000000000000000060045260245ffd5b6114fd61086960c0830183610c79565b6115068161377a565b9061151082612422565b611527578161152282610f9f946131e4565b61337d565b5050565b6060810190811067ffffffffffffffff82111761154757604052565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52604160045260245ffd5b90601f7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0910116810190811067ffffffffffffffff82111761154757604052565b92919360c08401926115ca6108698587610c79565b6115d38561377a565b936115dd85612422565b6116be576115eb86866131e4565b602086013560038110156101625760019061160581610c08565b03610fa15761162160406106676001600160a01b039389610c79565b169261162f60808701610d1e565b843b15610162575f879581956001600160a01b039560ff610f9f9c60e497604080519c8d9b8c9a7fd505accf000000000000000000000000000000000000000000000000000000008c521660048b01523060248b015201356044890152606488015216608486015260a485015260c48401525af16116ae575b5061337d565b5f6116b891611574565b5f6116a8565b50505050505050565b9060c082016116d96108698285610c79565b6116e28361377a565b91825f52600560205260ff60405f205416906009821015908161080057600383148015611a82575b611a7a578161080057600183141580611a6e575b611a1557611732610dc6610dbc8689610c79565b15806119d1575b61194f575b506108005715611886576040516117548161152b565b60038152602081019163ffffffff4316835260408201925f8452845f52600560205260405f209251926009841015610800577f082f31ae1c9999d40dbfb599e07c75c303c0cd540f16a000153345787e5491e5946fffffffffffffffffffffffffffffffff19946118009364ffffffffff1960ff64ffffffff008654935160081b16931691161717825551151565ff00000000001965ff0000000000835492151560281b169116179055565b61188161181260406106678489610c79565b61182b608088019161182383610d1e565b908989613cab565b9061184d61184760406106676118408c610d00565b978c610c79565b91610d1e565b604080516001600160a01b0393841681529981013560208b0152911690880152151560608701529116939081906080820190565b0390a3565b50906040516118948161152b565b60058152602081019163ffffffff4316835260408201925f8452845f52600560205260405f209251926009841015610800576fffffffffffffffffffffffffffffffff1994611927946119229364ffffffffff1960ff64ffffffff008654935160081b16931691161717825551151565ff00000000001965ff0000000000835492151560281b169116179055565b610d00565b16907f2ea9aa339d2d5a60e36053e0ef4fc6c6db8e3f3615cff36cbdd5929c821733885f80a3565b8035906004821015610162576119658288613c68565b911561197d5790858761197793613fee565b5f61173e565b857f7b8fab3e000000000000000000000000000000000000000000000000000000005f526004527f9b6f4716000000000000000000000000000000000000000000000000000000006024523360445260645ffd5b506001600160a01b036119e660808801610d1e565b163314806119f5575b15611739565b5067ffffffffffffffff611a0c6101008801611a8f565b164210156119ef565b611a6983867fae705710000000000000000000000000000000000000000000000000000000005f526004527f9b6f471600000000000000000000000000000000000000000000000000000000602452610c12565b60645ffd5b505f915082151561171e565b505050505050565b505f91506005831461170a565b3567ffffffffffffffff811681036101625790565b9060e0820190611ab76108698385610c79565b611ac08361377a565b90815f52600560205260ff60405f2054169160098310156108005760088314611d28575f916006841493841580611d1c575b611cc85750611b07610dc6610dbc8789610c79565b1580611ca9575b611c0d575b50604051611b208161152b565b60088152602081019063ffffffff43168252604081015f8152835f52600560205260405f209151600981101561080057611b959364ffffffffff1960ff64ffffffff008654935160081b16931691161717825551151565ff00000000001965ff0000000000835492151560281b169116179055565b6fffffffffffffffffffffffffffffffff19611bb086610d00565b16907f06ae7e8682e0b2b7d225c5989ce5d32234c7341e122085e6d1451ca7fcb91d245f80a361080057611be2575050565b6040610667611bf19284610c79565b60208201356003811015610162576040610f9f93013591613d0f565b67ffffffffffffffff611c236101408801611a8f565b16611ca1575f905b803560048110156101625715611c4d57908287611c4793613fee565b5f611b13565b827f7b8fab3e000000000000000000000000000000000000000000000000000000005f526004527fadca735c000000000000000000000000000000000000000000000000000000006024523360445260645ffd5b600290611c2b565b5067ffffffffffffffff611cc06101208801611a8f565b164210611b0e565b611a6990837fae705710000000000000000000000000000000000000000000000000000000005f526004527fadca735c00000000000000000000000000000000000000000000000000000000602452610c12565b505f9350801515611af2565b5050505050565b9060c0820191611d426108698483610c79565b611d4b8161377a565b91611d55836124a3565b611f4757803560048110156101625715611ef35760038383611d7693613fee565b604051611d828161152b565b60048152602081019063ffffffff43168252604081015f8152845f52600560205260405f209151600981101561080057611df79364ffffffffff1960ff64ffffffff008654935160081b16931691161717825551151565ff00000000001965ff0000000000835492151560281b169116179055565b611e0660406106678584610c79565b926020820135936003851015610162576040830135948591611e2b6060860186610d32565b92611e37949192612f48565b611e418183610c79565b604001611e4d90610d1e565b6080830190611e5b82610d1e565b611e66918587613cab565b92611e7081610d00565b92611e7a91610c79565b604001611e8690610d1e565b90611e9090610d1e565b604080516001600160a01b039384168152602081019790975291169085015290151560608401526fffffffffffffffffffffffffffffffff1916917fe39a227b8e6d92c1b9ddb9f64a30bccd6a31474a07811869b141660512f3de0e90608090a3565b827f7b8fab3e000000000000000000000000000000000000000000000000000000005f526004527fe96d308f000000000000000000000000000000000000000000000000000000006024523360445260645ffd5b50505050565b60c08101611f5e6108698284610c79565b611f678261377a565b90611f7182612527565b6110ca57611f85610dc6610dbc8386610c79565b156120a357604051611f968161152b565b60028152602081019163ffffffff4316835260408201905f8252845f52600560205260405f2092519060098210156108005761201a61208e946040946106679460209864ffffffffff1960ff64ffffffff008654935160081b16931691161717825551151565ff00000000001965ff0000000000835492151560281b169116179055565b61202387610d00565b9561203284610667848b610c79565b84516001600160a01b0390911681528885013560208201819052976fffffffffffffffffffffffffffffffff191691907f929eb038426a164afc0783318491957f425eae14eec35faa65a7c87cfa88c5bf908060408101610f83565b920135600381101561016257610f9f92613d0f565b507f7b8fab3e000000000000000000000000000000000000000000000000000000005f526004527feef770bb000000000000000000000000000000000000000000000000000000006024523360445260645ffd5b9060e082016121096108698285610c79565b6121128361377a565b9161211c836125ab565b611f4757612130610dc6610dbc8487610c79565b15612212575b506040516121438161152b565b60078152602081019163ffffffff4316835260408201925f8452845f52600560205260405f209251926009841015610800577ffa32b1166d133add57ead1a8fa609ab040f5a02ed3400a45b967902da6338988946fffffffffffffffffffffffffffffffff19946121ef9364ffffffffff1960ff64ffffffff008654935160081b16931691161717825551151565ff00000000001965ff0000000000835492151560281b169116179055565b61188161220160406106678489610c79565b61182b60a088019161182383610d1e565b67ffffffffffffffff6122286101408601611a8f565b166122a6575f905b8035600481101561016257156122525790838561224c93613fee565b5f612136565b837f7b8fab3e000000000000000000000000000000000000000000000000000000005f526004527ff52e973b000000000000000000000000000000000000000000000000000000006024523360445260645ffd5b600190612230565b6001600160a01b0316805f52600660205260ff60405f20541661114557805f52600660205260405f2060017fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff008254161790557f07be88d4e68c757c4fc325d2f37d613b300535d5046e55f3b3f1b72cfcb2be615f80a2565b7f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f005c6123725760017f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f005d565b7f3ee5aeb5000000000000000000000000000000000000000000000000000000005f5260045ffd5b805f52600560205260ff60405f205416906009821015610800576006821461241b57816123c75750505f90565b611a6992507fae705710000000000000000000000000000000000000000000000000000000005f526004527f0a04a03300000000000000000000000000000000000000000000000000000000602452610c12565b5050600190565b805f52600560205260ff60405f205416906009821015610800576001821461241b578161244f5750505f90565b611a6992507fae705710000000000000000000000000000000000000000000000000000000005f526004527f65fb68e800000000000000000000000000000000000000000000000000000000602452610c12565b805f52600560205260ff60405f205416906009821015610800576004821461241b57600282036124d35750505f90565b611a6992507fae705710000000000000000000000000000000000000000000000000000000005f526004527fe96d308f00000000000000000000000000000000000000000000000000000000602452610c12565b805f52600560205260ff60405f205416906009821015610800576002821461241b57600182036125575750505f90565b611a6992507fae705710000000000000000000000000000000000000000000000000000000005f526004527feef770bb00000000000000000000000000000000000000000000000000000000602452610c12565b805f52600560205260ff60405f205416906009821015610800576007821461241b57600682036125db5750505f90565b611a6992507fae705710000000000000000000000000000000000000000000000000000000005f526004527ff52e973b00000000000000000000000000000000000000000000000000000000602452610c12565b335f52600660205260ff60405f2054161561264657565b7fc2f68909000000000000000000000000000000000000000000000000000000005f523360045260245ffd5b3560ff811681036101625790565b6fffffffffffffffffffffffffffffffff1961269b82610d00565b1615612e9d5760208101356003811015610162576126b881610c08565b8015610fa15760016126cd6060840184610d32565b9290506126d981610c08565b03612e6157604082013515612e2e57612dfb575b608081016001600160a01b0361270282610d1e565b1615159081612dcb575b5015612d985760a081016001600160a01b0361272782610d1e565b1615159081612d68575b5015612d355760c0810167ffffffffffffffff612751610dfd8385610c79565b1615612d02576001600160a01b0361276e60206106678486610c79565b1615612ccf576001600160a01b0361278b60406106678486610c79565b1615612c9c576001600160a01b036127a860606106678486610c79565b1615612c69576127bb610dbc8284610c79565b9050151580612c36575b15612c035760e082019067ffffffffffffffff6127e5610dfd8486610c79565b1615612bd0576001600160a01b0361280260206106678587610c79565b1615159081612b62575b5015612b2f576001600160a01b0361282960406106678486610c79565b1615612afc576001600160a01b0361284660606106678486610c79565b1615612ac957612859610dbc8284610c79565b905015159081612a94575b5015612a615767ffffffffffffffff6128806101008301611a8f565b1615612a2e5767ffffffffffffffff61289c6101208301611a8f565b16156129fb5767ffffffffffffffff6128b86101408301611a8f565b16156001600160a01b036128cf6101608401610d1e565b1615036129c8576101808101906128e68282610cac565b601081111591826129b6575b505015612983576101a081019161290883612672565b60ff6129148385610cac565b929050161115928361295e575b5050501561292b57565b6301d2e71760e61b5f527f6174746573746f725468726573686f6c6400000000000000000000000000000060045260245ffd5b61297792935061296f60ff91612672565b161592610cac565b905015145f8080612921565b6301d2e71760e61b5f527f6174746573746f7273000000000000000000000000000000000000000000000060045260245ffd5b6129c09250613bdf565b155f806128f2565b6301d2e71760e61b5f527f6c6f67526567697374727900000000000000000000000000000000000000000060045260245ffd5b6301d2e71760e61b5f527f63616e63656c416674657200000000000000000000000000000000000000000060045260245ffd5b6301d2e71760e61b5f527f6c6f636b4578706972790000000000000000000000000000000000000000000060045260245ffd5b6301d2e71760e61b5f527f64657374696e6174696f6e2e6b6579730000000000000000000000000000000060045260245ffd5b612aa39150610dbc9083610c79565b60108111159182612ab7575b50505f612864565b612ac19250613bdf565b155f80612aaf565b6301d2e71760e61b5f527f64657374696e6174696f6e2e6f776e657200000000000000000000000000000060045260245ffd5b6301d2e71760e61b5f527f64657374696e6174696f6e2e746f6b656e00000000000000000000000000000060045260245ffd5b6301d2e71760e61b5f527f64657374696e6174696f6e2e657363726f77000000000000000000000000000060045260245ffd5b9050612b7360206106678486610c79565b6001600160a01b0380612b8b60206106678689610c79565b1691161490811591612b9f575b505f61280c565b905067ffffffffffffffff80612bc5610dfd612bbe610dfd8789610c79565b9487610c79565b16911614155f612b98565b6301d2e71760e61b5f527f64657374696e6174696f6e2e636861696e49640000000000000000000000000060045260245ffd5b6301d2e71760e61b5f527f6f726967696e2e6b65797300000000000000000000000000000000000000000060045260245ffd5b50612c44610dbc8284610c79565b60108111159182612c57575b50506127c5565b612c619250613bdf565b155f80612c50565b6301d2e71760e61b5f527f6f726967696e2e6f776e6572000000000000000000000000000000000000000060045260245ffd5b6301d2e71760e61b5f527f6f726967696e2e746f6b656e000000000000000000000000000000000000000060045260245ffd5b6301d2e71760e61b5f527f6f726967696e2e657363726f770000000000000000000000000000000000000060045260245ffd5b6301d2e71760e61b5f527f6f726967696e2e636861696e496400000000000000000000000000000000000060045260245ffd5b6301d2e71760e61b5f527f62656e656669636961727900000000000000000000000000000000000000000060045260245ffd5b612d729150610d1e565b6001600160a01b0380612d8d602061066760e0870187610c79565b16911614155f612731565b6301d2e71760e61b5f527f6f726967696e61746f720000000000000000000000000000000000000000000060045260245ffd5b612dd59150610d1e565b6001600160a01b0380612df0602061066760c0870187610c79565b16911614155f61270c565b6301d2e71760e61b5f527f746f6b656e55726900000000000000000000000000000000000000000000000060045260245ffd5b6301d2e71760e61b5f527f76616c756500000000000000000000000000000000000000000000000000000060045260245ffd5b61080010156126ed576301d2e71760e61b5f527f746f6b656e55726900000000000000000000000000000000000000000000000060045260245ffd5b6301d2e71760e61b5f527f73657373696f6e4964000000000000000000000000000000000000000000000060045260245ffd5b91908203918211612edd57565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52601160045260245ffd5b601f82602094937fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe093818652868601375f8582860101520116010190565b91909493945f956001600160a01b03841690815f52600260205260405f20600260ff825460081c16612f7981610c08565b146130bf5750612f8885613eba565b95612f9284610c08565b6001840361302e575050803b1561302a576040517f40c10f19000000000000000000000000000000000000000000000000000000008152306004820152602481018490529087908290604490829084905af1801561301f57613006575b50610f9f9495505b61300083613eba565b92613f3a565b613011878092611574565b61301b5785612fef565b8580fd5b6040513d89823e3d90fd5b8680fd5b9091809798503b156101625761308a965f9283604051809a819582947fd3fc98640000000000000000000000000000000000000000000000000000000084523060048501528a6024850152606060448501526064840191612f0a565b03925af19485156130b457610f9f956130a4575b50612ff7565b5f6130ae91611574565b5f61309e565b6040513d5f823e3d90fd5b945050955090925060016130d38483613ea0565b92019260028454926130e481610c08565b0361318757855f52600360205260405f20815f5260205260ff60405f205416156131525761314e9394955f52600360205260405f20905f5260205260405f207fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff008154169055612ed0565b9055565b857fc616a594000000000000000000000000000000000000000000000000000000005f5260045260016024525f60445260645ffd5b509091929382821061319e57509061314e91612ed0565b82907fc616a594000000000000000000000000000000000000000000000000000000005f5260045260245260445260645ffd5b6001600160a01b035f5416330361056e57565b9060c081016131f9610dc6610dbc8385610c79565b156133295761322660406106676001600160a01b039361321761262f565b61322086612680565b85610c79565b16805f52600260205260ff60405f205460081c1661324381610c08565b156132e6575f52600260205260ff60405f20541660208201359060038210156101625761326f82610c08565b61327881610c08565b03610fa1576101000167ffffffffffffffff61329382611a8f565b1642101561329f575050565b906132b267ffffffffffffffff92611a8f565b907fbeb9ec11000000000000000000000000000000000000000000000000000000005f52600452166024524260445260645ffd5b608490604051907f7b2fb21b0000000000000000000000000000000000000000000000000000000082524660048301528060248301525f60448301526064820152fd5b827f7b8fab3e000000000000000000000000000000000000000000000000000000005f526004527f65fb68e8000000000000000000000000000000000000000000000000000000006024523360445260645ffd5b91906040519061338c8261152b565b60018252602082019163ffffffff43168352604081015f935f8252865f52600560205260405f209251906009821015610800578354905160081b64ffffffff00169160ff169064ffffffffff191617178255511515613405919065ff00000000001965ff0000000000835492151560281b169116179055565b61340e81610d00565b9360c0820161341d8184610c79565b60400161342990610d1e565b6040840135928391608086019861343f8a610d1e565b604080516001600160a01b03948516815260208101969096529216918401919091526fffffffffffffffffffffffffffffffff1916917fc8b365672ba64d72e011d2e09cf4349682aa2cb6a978095141bda9eedfb3651590606090a36134a59083610c79565b6040016134b190610d1e565b9160200135946003861015610162576134c990610d1e565b946134d383613eba565b936134dd82610c08565b600182036135ad576001600160a01b038416966001600160a01b03604051917f23b872dd000000000000000000000000000000000000000000000000000000008452166004523060245283604452602082606481808c5af190600183511482161561358b575b604052816060521561355f5750610f9f94955061300083613eba565b80877f5274afe70000000000000000000000000000000000000000000000000000000060249352600452fd5b9060018115166135a357883b15153d15161690613543565b50903d90823e3d90fd5b506001600160a01b038396959616803b15610162576040517f23b872dd0000000000000000000000000000000000000000000000000000000081526001600160a01b039096166004870152306024870152604486018390525f9086908183816064810161308a565b90357fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff6182360301811215610162570190565b359067ffffffffffffffff8216820361016257565b90357fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe18236030181121561016257016020813591019167ffffffffffffffff8211610162578160051b3603831361016257565b916020908281520191905f5b8181106136c85750505090565b9091926020806001926001600160a01b036136e288610bf4565b1681520194019291016136bb565b9060a06137676137779367ffffffffffffffff61370c82613647565b1684526001600160a01b0361372360208301610bf4565b1660208501526001600160a01b0361373d60408301610bf4565b1660408501526001600160a01b0361375760608301610bf4565b166060850152608081019061365c565b91909281608082015201916136af565b90565b60405160208101916020835280356fffffffffffffffffffffffffffffffff19811680910361016257604083015260208101356003811015610162576137bf81610c08565b60608301526040810135608083015260608101357fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe18236030181121561016257810160208135910167ffffffffffffffff8211610162578136038113610162576138f16138b46138436139a1936101a0956101c060a08a0152610200890191612f0a565b6001600160a01b0361385760808801610bf4565b1660c08801526001600160a01b0361387160a08801610bf4565b1660e088015261388460c0870187613615565b7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc0888303016101008901526136f0565b6138c160e0860186613615565b7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc0878303016101208801526136f0565b67ffffffffffffffff6139076101008601613647565b1661014086015267ffffffffffffffff6139246101208601613647565b1661016086015267ffffffffffffffff6139416101408601613647565b166101808601526001600160a01b0361395d6101608601610bf4565b168386015261397061018085018561365c565b907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc0878403016101c08801526136af565b91013560ff8116809103610162576139e79183916101e0830152037fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe08101835282611574565b51902090565b6139f681611a8f565b67ffffffffffffffff1646149081613a0c575090565b613a199150602001610d1e565b6001600160a01b0316301490565b613a30816139ed565b15613a385750565b806001600160a01b03613a586020613a51608495611a8f565b9301610d1e565b67ffffffffffffffff604051937f4255ab49000000000000000000000000000000000000000000000000000000008552166004840152166024820152466044820152306064820152fd5b91939293613aaf83613eba565b915f613aba82610c08565b60018203613b53576001600160a01b038516966001600160a01b03604051917fa9059cbb0000000000000000000000000000000000000000000000000000000084521660045283602452602082604481808c5af1906001835114821615613b3b575b6040521561355f5750610f9f9495505b613b3584613eba565b93613f3a565b9060018115166135a357883b15153d15161690613b1c565b506001600160a01b038496959616803b15610162576040517f42842e0e0000000000000000000000000000000000000000000000000000000081523060048201526001600160a01b03969096166024870152604486018390525f908690606490829084905af19485156130b457610f9f95613bcf575b50613b2c565b5f613bd991611574565b5f613bc9565b5f5b82811015613c15576001600160a01b03613bff8260051b8401610d1e565b1615613c0d57600101613be1565b505050600190565b5050505f90565b90916001600160a01b0316905f5b83811015613c6057826001600160a01b03613c498360051b8501610d1e565b1614613c5757600101613c2a565b50505050600190565b505050505f90565b613c7e61014067ffffffffffffffff9201611a8f565b1615908115613c97575b50613c9257600290565b600390565b90506004811015610800576003145f613c88565b93929091845f52600560205260405f206501000000000065ff00000000001982541617905560208301356003811015610162576040613cec940135916143c3565b9182613cf55750565b5f52600560205260405f2065ff0000000000198154169055565b909291925f936001600160a01b03831691825f52600260205260405f20600260ff825460081c16613d3f81610c08565b14613e295750613d4e84613eba565b92613d5882610c08565b60018203613dd3578087913b15613dcf5781906024604051809481937f42966c680000000000000000000000000000000000000000000000000000000083528860048401525af1801561301f57613dba575b50610f9f949550613b3584613eba565b613dc5878092611574565b61301b5785613daa565b5080fd5b809596503b15610162575f80956024604051809881937f42966c680000000000000000000000000000000000000000000000000000000083528760048401525af19485156130b457610f9f95613bcf5750613b2c565b94955060019350613e4c92613e3d82610c08565b60028214613e5d575b50613ea0565b91018054918201809211612edd5755565b5f52600360205260405f20825f5260205260405f20847fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff008254161790555f613e46565b600190613eac81610c08565b03613eb45790565b50600190565b60206001600160a01b03916024604051809481937f70a08231000000000000000000000000000000000000000000000000000000008352306004840152165afa9081156130b4575f91613f0b575090565b90506020813d602011613f32575b81613f2660209383611574565b81010312610162575190565b3d9150613f19565b939291613f4691613ea0565b9180821115613fa157613f5891612ed0565b915b818303613f6657505050565b6001600160a01b03907fa6a4858a000000000000000000000000000000000000000000000000000000005f521660045260245260445260645ffd5b50505f91613f5a565b9060048210156108005752565b9293613fe86001600160a01b03929695613fde606095608088019988526020880190613faa565b6040860190613faa565b16910152565b93919084356004811015610162576004851015610800575f8582036143705761016257604261419f9160038114805f1461435d57614032610dfd60e0870187610c79565b905b156143425767ffffffffffffffff614054602061066760e0890189610c79565b6001600160a01b0361406860208d01611a8f565b9183604051956140a960208801987fa50d32289fb96b2ddb968ae405446b0855eafcfaab5ef237b854f0d2caaa9bd28a528d60408a01526060890190613faa565b1660808601521660a08401521660c0820152604089013560e082015260e081526140d561010082611574565b51902060405160208101907fb03948446334eb9b2196d5eb166f69b9d49403eb4a12f36de8d3f9f3cb8e15c382527ff07f96730224fa412bcf0b4fe69afdae756bf6c930a5af7dd47eff6de6393d6160408201527fc89efdaa54c0f20c7adf612882df0950f5a951637e0307cdcb4c672f298b8bc660608201526060815261415e608082611574565b51902090604051917f190100000000000000000000000000000000000000000000000000000000000083526002830152602282015220956060810190610cac565b939060ff6141b06101a08501612672565b16600186146142d1575b851580156142c7575b61428257505f91825b86841015614277576001600160a01b036141f56141ee8660051b860186610d32565b908c6144e0565b505091166001600160a01b03821611801590614258575b61421b576001909301926141cc565b856142548992836040519485947f7e01e25400000000000000000000000000000000000000000000000000000000865260048601613fb7565b0390fd5b506142718161426b610180880188610cac565b90613c1c565b1561420c565b509650505050505050565b92505050806142c157506001905b7f1d4e5972000000000000000000000000000000000000000000000000000000005f5260045260245260445260645ffd5b90614290565b50808614156141c3565b8515614315576142eb6142e48380610d32565b908a6144e0565b50506142f881898761448a565b61430a576001820361421b57506141ba565b505050945050505050565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52603260045260245ffd5b67ffffffffffffffff6143586101608701610d1e565b614054565b61436a6101408601611a8f565b90614034565b6040517f7e01e254000000000000000000000000000000000000000000000000000000008152600481018590526143b8836143ae602484018a613faa565b6044830190613faa565b5f6064820152608490fd5b91925f935a620569c980821061445c575050303b15610162576001600160a01b039283604051957ff01b5bd000000000000000000000000000000000000000000000000000000000875216600486015261441c81610c08565b602485015260448401521660648201525f816084818330620493e0f19081614447575b50613eb45790565b6144549192505f90611574565b5f905f61443f565b7ff73fb9ed000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b91906001600160a01b03821615613c15576144b1826144ac60e0860186610c79565b614514565b613c0d576004811015610800576001141591826144cd57505090565b61377792508060c06144ac920190610c79565b906041830361450a576145039250602081013591604082359201355f1a90614554565b9192909190565b50505f9160029190565b906001600160a01b0361452960608401610d1e565b166001600160a01b0382161491821561454157505090565b613777925080608061426b920190610cac565b91907f7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a084116145cb579160209360809260ff5f9560405194855216868401526040830152606082015282805260015afa156130b4575f516001600160a01b038116156145c157905f905f90565b505f906001905f90565b5050505f916003919056fea264697066735822122096f564f2c63210125ae31e14702a5ca3aa222557b734eea4feeda7c560b9237664736f6c63430008250033",
} as const;
