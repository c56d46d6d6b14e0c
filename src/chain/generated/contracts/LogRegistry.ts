// Generated from contracts/LogRegistry.sol by `npm run generate`. Do not edit.

import type { JsonFragment } from "ethers";

const abi: readonly JsonFragment[] = [
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "gatewayId",
        "type": "bytes32"
      }
    ],
    "name": "GatewayRegistryAlreadyRegistered",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "gatewayId",
        "type": "bytes32"
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
    "name": "GatewayRegistryForeignSignature",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "gatewayId",
        "type": "bytes32"
      },
      {
        "internalType": "address",
        "name": "actual",
        "type": "address"
      }
    ],
    "name": "GatewayRegistryInvalidKey",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "gatewayId",
        "type": "bytes32"
      },
      {
        "internalType": "uint256",
        "name": "maximum",
        "type": "uint256"
      },
      {
        "internalType": "uint256",
        "name": "actual",
        "type": "uint256"
      }
    ],
    "name": "GatewayRegistryInvalidSize",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "gatewayId",
        "type": "bytes32"
      }
    ],
    "name": "GatewayRegistryUnknownGateway",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "gatewayId",
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
    "name": "GatewayRegistryWrongChange",
    "type": "error"
  },
  {
    "inputs": [],
    "name": "InvalidShortString",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes16",
        "name": "sessionId",
        "type": "bytes16"
      },
      {
        "internalType": "enum ILogRegistry.Decision",
        "name": "actual",
        "type": "uint8"
      }
    ],
    "name": "LogRegistryAlreadyDecided",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "gatewayId",
        "type": "bytes32"
      },
      {
        "internalType": "uint256",
        "name": "index",
        "type": "uint256"
      },
      {
        "internalType": "bytes32",
        "name": "root",
        "type": "bytes32"
      }
    ],
    "name": "LogRegistryAnchorExists",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes16",
        "name": "sessionId",
        "type": "bytes16"
      },
      {
        "internalType": "bool",
        "name": "votedYes",
        "type": "bool"
      },
      {
        "internalType": "bool",
        "name": "burned",
        "type": "bool"
      },
      {
        "internalType": "uint256",
        "name": "deadline",
        "type": "uint256"
      },
      {
        "internalType": "uint256",
        "name": "actual",
        "type": "uint256"
      }
    ],
    "name": "LogRegistryDecisionWithoutGround",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "gatewayId",
        "type": "bytes32"
      },
      {
        "internalType": "bytes32",
        "name": "root",
        "type": "bytes32"
      },
      {
        "internalType": "uint256",
        "name": "entries",
        "type": "uint256"
      }
    ],
    "name": "LogRegistryEmptyAnchor",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "uint256",
        "name": "maximum",
        "type": "uint256"
      },
      {
        "internalType": "uint256",
        "name": "actual",
        "type": "uint256"
      }
    ],
    "name": "LogRegistryFactsTooLarge",
    "type": "error"
  },
  {
    "inputs": [
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
    "name": "LogRegistryForeignSignature",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "header",
        "type": "bytes32"
      }
    ],
    "name": "LogRegistryInvalidHeader",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes16",
        "name": "sessionId",
        "type": "bytes16"
      },
      {
        "internalType": "bytes32",
        "name": "member",
        "type": "bytes32"
      }
    ],
    "name": "LogRegistryInvalidSession",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "sessionHash",
        "type": "bytes32"
      },
      {
        "internalType": "bytes32",
        "name": "gatewayId",
        "type": "bytes32"
      },
      {
        "internalType": "uint256",
        "name": "length",
        "type": "uint256"
      }
    ],
    "name": "LogRegistryLogClosed",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "uint256",
        "name": "maximum",
        "type": "uint256"
      }
    ],
    "name": "LogRegistryLogFull",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes16",
        "name": "sessionId",
        "type": "bytes16"
      }
    ],
    "name": "LogRegistryNoRegister",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "uint256",
        "name": "maximum",
        "type": "uint256"
      },
      {
        "internalType": "uint256",
        "name": "actual",
        "type": "uint256"
      }
    ],
    "name": "LogRegistryPayloadTooLarge",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes16",
        "name": "sessionId",
        "type": "bytes16"
      }
    ],
    "name": "LogRegistrySessionExists",
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
    "name": "LogRegistryStaleEpoch",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "sessionHash",
        "type": "bytes32"
      },
      {
        "internalType": "bytes32",
        "name": "gatewayId",
        "type": "bytes32"
      }
    ],
    "name": "LogRegistryUnknownLog",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes16",
        "name": "sessionId",
        "type": "bytes16"
      }
    ],
    "name": "LogRegistryUnknownSession",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "gatewayId",
        "type": "bytes32"
      },
      {
        "internalType": "uint256",
        "name": "index",
        "type": "uint256"
      }
    ],
    "name": "LogRegistryUnsignedRun",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "gatewayId",
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
    "name": "LogRegistryWrongAnchorIndex",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "expected",
        "type": "bytes32"
      },
      {
        "internalType": "bytes32",
        "name": "actual",
        "type": "bytes32"
      }
    ],
    "name": "LogRegistryWrongHead",
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
    "name": "LogRegistryWrongIndex",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "string",
        "name": "str",
        "type": "string"
      }
    ],
    "name": "StringTooLong",
    "type": "error"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "gatewayId",
        "type": "bytes32"
      },
      {
        "indexed": false,
        "internalType": "uint32",
        "name": "index",
        "type": "uint32"
      },
      {
        "indexed": false,
        "internalType": "bytes32",
        "name": "root",
        "type": "bytes32"
      },
      {
        "indexed": false,
        "internalType": "uint32",
        "name": "entries",
        "type": "uint32"
      },
      {
        "indexed": false,
        "internalType": "uint32",
        "name": "epoch",
        "type": "uint32"
      },
      {
        "indexed": false,
        "internalType": "bytes32",
        "name": "r",
        "type": "bytes32"
      },
      {
        "indexed": false,
        "internalType": "bytes32",
        "name": "vs",
        "type": "bytes32"
      },
      {
        "indexed": false,
        "internalType": "uint32",
        "name": "previousBlock",
        "type": "uint32"
      }
    ],
    "name": "Anchored",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes16",
        "name": "sessionId",
        "type": "bytes16"
      },
      {
        "indexed": false,
        "internalType": "enum ILogRegistry.Decision",
        "name": "decision",
        "type": "uint8"
      },
      {
        "indexed": false,
        "internalType": "enum ILogRegistry.Ground",
        "name": "ground",
        "type": "uint8"
      },
      {
        "indexed": false,
        "internalType": "uint32",
        "name": "epoch",
        "type": "uint32"
      },
      {
        "indexed": false,
        "internalType": "bytes32",
        "name": "r",
        "type": "bytes32"
      },
      {
        "indexed": false,
        "internalType": "bytes32",
        "name": "vs",
        "type": "bytes32"
      }
    ],
    "name": "Decided",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [],
    "name": "EIP712DomainChanged",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "gatewayId",
        "type": "bytes32"
      },
      {
        "indexed": false,
        "internalType": "string",
        "name": "endpoints",
        "type": "string"
      },
      {
        "indexed": false,
        "internalType": "uint32",
        "name": "change",
        "type": "uint32"
      },
      {
        "indexed": false,
        "internalType": "uint32",
        "name": "previousBlock",
        "type": "uint32"
      },
      {
        "indexed": false,
        "internalType": "bytes32",
        "name": "r",
        "type": "bytes32"
      },
      {
        "indexed": false,
        "internalType": "bytes32",
        "name": "vs",
        "type": "bytes32"
      }
    ],
    "name": "EndpointsSet",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes16",
        "name": "sessionId",
        "type": "bytes16"
      },
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "gatewayId",
        "type": "bytes32"
      },
      {
        "indexed": false,
        "internalType": "bytes32",
        "name": "header",
        "type": "bytes32"
      },
      {
        "indexed": false,
        "internalType": "bytes32",
        "name": "causedBy",
        "type": "bytes32"
      },
      {
        "indexed": false,
        "internalType": "bytes32",
        "name": "lastEntryHash",
        "type": "bytes32"
      },
      {
        "indexed": false,
        "internalType": "bytes32",
        "name": "payloadHash",
        "type": "bytes32"
      },
      {
        "indexed": false,
        "internalType": "bytes",
        "name": "payload",
        "type": "bytes"
      },
      {
        "indexed": false,
        "internalType": "bytes32",
        "name": "r",
        "type": "bytes32"
      },
      {
        "indexed": false,
        "internalType": "bytes32",
        "name": "vs",
        "type": "bytes32"
      },
      {
        "indexed": false,
        "internalType": "uint32",
        "name": "previousBlock",
        "type": "uint32"
      }
    ],
    "name": "EntryAppended",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes16",
        "name": "sessionId",
        "type": "bytes16"
      },
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "gatewayId",
        "type": "bytes32"
      },
      {
        "indexed": false,
        "internalType": "bytes32",
        "name": "header",
        "type": "bytes32"
      },
      {
        "indexed": false,
        "internalType": "uint256",
        "name": "position",
        "type": "uint256"
      },
      {
        "indexed": false,
        "internalType": "bytes",
        "name": "reason",
        "type": "bytes"
      }
    ],
    "name": "EntryRefused",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "gatewayId",
        "type": "bytes32"
      },
      {
        "indexed": true,
        "internalType": "address",
        "name": "owner",
        "type": "address"
      },
      {
        "indexed": false,
        "internalType": "string",
        "name": "name",
        "type": "string"
      },
      {
        "indexed": false,
        "internalType": "address",
        "name": "key",
        "type": "address"
      },
      {
        "indexed": false,
        "internalType": "string",
        "name": "endpoints",
        "type": "string"
      },
      {
        "indexed": false,
        "internalType": "bytes32",
        "name": "r",
        "type": "bytes32"
      },
      {
        "indexed": false,
        "internalType": "bytes32",
        "name": "vs",
        "type": "bytes32"
      }
    ],
    "name": "GatewayRegistered",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "gatewayId",
        "type": "bytes32"
      },
      {
        "indexed": false,
        "internalType": "uint32",
        "name": "epoch",
        "type": "uint32"
      },
      {
        "indexed": false,
        "internalType": "address",
        "name": "key",
        "type": "address"
      },
      {
        "indexed": false,
        "internalType": "uint32",
        "name": "change",
        "type": "uint32"
      },
      {
        "indexed": false,
        "internalType": "uint32",
        "name": "previousBlock",
        "type": "uint32"
      },
      {
        "indexed": false,
        "internalType": "bytes32",
        "name": "r",
        "type": "bytes32"
      },
      {
        "indexed": false,
        "internalType": "bytes32",
        "name": "vs",
        "type": "bytes32"
      }
    ],
    "name": "KeyRotated",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes16",
        "name": "sessionId",
        "type": "bytes16"
      },
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "gatewayId",
        "type": "bytes32"
      },
      {
        "indexed": false,
        "internalType": "uint32",
        "name": "length",
        "type": "uint32"
      },
      {
        "indexed": false,
        "internalType": "bytes32",
        "name": "lastEntryHash",
        "type": "bytes32"
      },
      {
        "indexed": false,
        "internalType": "uint32",
        "name": "epoch",
        "type": "uint32"
      },
      {
        "indexed": false,
        "internalType": "bytes32",
        "name": "r",
        "type": "bytes32"
      },
      {
        "indexed": false,
        "internalType": "bytes32",
        "name": "vs",
        "type": "bytes32"
      },
      {
        "indexed": false,
        "internalType": "uint32",
        "name": "previousBlock",
        "type": "uint32"
      }
    ],
    "name": "LogClosed",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes16",
        "name": "sessionId",
        "type": "bytes16"
      },
      {
        "indexed": false,
        "internalType": "bytes32",
        "name": "sessionHash",
        "type": "bytes32"
      }
    ],
    "name": "SessionClosed",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes16",
        "name": "sessionId",
        "type": "bytes16"
      },
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "originGatewayId",
        "type": "bytes32"
      },
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "destinationGatewayId",
        "type": "bytes32"
      },
      {
        "indexed": false,
        "internalType": "uint64",
        "name": "deadline",
        "type": "uint64"
      },
      {
        "indexed": false,
        "internalType": "uint32",
        "name": "epoch",
        "type": "uint32"
      },
      {
        "indexed": false,
        "internalType": "bytes",
        "name": "facts",
        "type": "bytes"
      },
      {
        "indexed": false,
        "internalType": "bytes32",
        "name": "r",
        "type": "bytes32"
      },
      {
        "indexed": false,
        "internalType": "bytes32",
        "name": "vs",
        "type": "bytes32"
      }
    ],
    "name": "SessionOpened",
    "type": "event"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "gatewayId",
        "type": "bytes32"
      },
      {
        "internalType": "uint32",
        "name": "index",
        "type": "uint32"
      },
      {
        "internalType": "bytes32",
        "name": "root",
        "type": "bytes32"
      },
      {
        "internalType": "uint32",
        "name": "entries",
        "type": "uint32"
      },
      {
        "internalType": "uint32",
        "name": "epoch",
        "type": "uint32"
      },
      {
        "internalType": "bytes32",
        "name": "r",
        "type": "bytes32"
      },
      {
        "internalType": "bytes32",
        "name": "vs",
        "type": "bytes32"
      }
    ],
    "name": "anchor",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "gatewayId",
        "type": "bytes32"
      },
      {
        "internalType": "uint32",
        "name": "index",
        "type": "uint32"
      }
    ],
    "name": "anchorOf",
    "outputs": [
      {
        "internalType": "bytes32",
        "name": "root",
        "type": "bytes32"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "gatewayId",
        "type": "bytes32"
      }
    ],
    "name": "anchorsOf",
    "outputs": [
      {
        "internalType": "uint32",
        "name": "count",
        "type": "uint32"
      },
      {
        "internalType": "uint32",
        "name": "lastBlock",
        "type": "uint32"
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
            "internalType": "bytes32",
            "name": "factsHash",
            "type": "bytes32"
          },
          {
            "internalType": "bytes32",
            "name": "gatewayId",
            "type": "bytes32"
          },
          {
            "internalType": "bytes32",
            "name": "header",
            "type": "bytes32"
          },
          {
            "internalType": "bytes32",
            "name": "causedBy",
            "type": "bytes32"
          },
          {
            "internalType": "bytes32",
            "name": "lastEntryHash",
            "type": "bytes32"
          },
          {
            "internalType": "bytes",
            "name": "payload",
            "type": "bytes"
          },
          {
            "internalType": "bytes32",
            "name": "r",
            "type": "bytes32"
          },
          {
            "internalType": "bytes32",
            "name": "vs",
            "type": "bytes32"
          }
        ],
        "internalType": "struct ILogRegistry.EntryInput",
        "name": "entry",
        "type": "tuple"
      }
    ],
    "name": "append",
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
            "internalType": "bytes32",
            "name": "factsHash",
            "type": "bytes32"
          },
          {
            "internalType": "bytes32",
            "name": "gatewayId",
            "type": "bytes32"
          },
          {
            "internalType": "bytes32",
            "name": "header",
            "type": "bytes32"
          },
          {
            "internalType": "bytes32",
            "name": "causedBy",
            "type": "bytes32"
          },
          {
            "internalType": "bytes32",
            "name": "lastEntryHash",
            "type": "bytes32"
          },
          {
            "internalType": "bytes",
            "name": "payload",
            "type": "bytes"
          },
          {
            "internalType": "bytes32",
            "name": "r",
            "type": "bytes32"
          },
          {
            "internalType": "bytes32",
            "name": "vs",
            "type": "bytes32"
          }
        ],
        "internalType": "struct ILogRegistry.EntryInput[]",
        "name": "entries",
        "type": "tuple[]"
      }
    ],
    "name": "appendBatch",
    "outputs": [
      {
        "internalType": "uint256",
        "name": "appended",
        "type": "uint256"
      }
    ],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes16",
        "name": "sessionId",
        "type": "bytes16"
      },
      {
        "internalType": "bytes32",
        "name": "factsHash",
        "type": "bytes32"
      },
      {
        "internalType": "bytes32",
        "name": "gatewayId",
        "type": "bytes32"
      },
      {
        "internalType": "uint32",
        "name": "length",
        "type": "uint32"
      },
      {
        "internalType": "bytes32",
        "name": "lastEntryHash",
        "type": "bytes32"
      },
      {
        "internalType": "uint32",
        "name": "epoch",
        "type": "uint32"
      },
      {
        "internalType": "bytes32",
        "name": "r",
        "type": "bytes32"
      },
      {
        "internalType": "bytes32",
        "name": "vs",
        "type": "bytes32"
      }
    ],
    "name": "closeSession",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes16",
        "name": "sessionId",
        "type": "bytes16"
      },
      {
        "internalType": "bytes32",
        "name": "factsHash",
        "type": "bytes32"
      },
      {
        "internalType": "bytes32",
        "name": "originGatewayId",
        "type": "bytes32"
      },
      {
        "internalType": "enum ILogRegistry.Decision",
        "name": "decision",
        "type": "uint8"
      },
      {
        "internalType": "uint32",
        "name": "epoch",
        "type": "uint32"
      },
      {
        "internalType": "bytes32",
        "name": "r",
        "type": "bytes32"
      },
      {
        "internalType": "bytes32",
        "name": "vs",
        "type": "bytes32"
      }
    ],
    "name": "decide",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes16",
        "name": "sessionId",
        "type": "bytes16"
      }
    ],
    "name": "decisionOf",
    "outputs": [
      {
        "internalType": "enum ILogRegistry.Decision",
        "name": "",
        "type": "uint8"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [],
    "name": "eip712Domain",
    "outputs": [
      {
        "internalType": "bytes1",
        "name": "fields",
        "type": "bytes1"
      },
      {
        "internalType": "string",
        "name": "name",
        "type": "string"
      },
      {
        "internalType": "string",
        "name": "version",
        "type": "string"
      },
      {
        "internalType": "uint256",
        "name": "chainId",
        "type": "uint256"
      },
      {
        "internalType": "address",
        "name": "verifyingContract",
        "type": "address"
      },
      {
        "internalType": "bytes32",
        "name": "salt",
        "type": "bytes32"
      },
      {
        "internalType": "uint256[]",
        "name": "extensions",
        "type": "uint256[]"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "gatewayId",
        "type": "bytes32"
      }
    ],
    "name": "epochOf",
    "outputs": [
      {
        "internalType": "uint32",
        "name": "",
        "type": "uint32"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "gatewayId",
        "type": "bytes32"
      }
    ],
    "name": "gatewayOf",
    "outputs": [
      {
        "components": [
          {
            "internalType": "address",
            "name": "owner",
            "type": "address"
          },
          {
            "internalType": "address",
            "name": "key",
            "type": "address"
          },
          {
            "internalType": "uint32",
            "name": "epoch",
            "type": "uint32"
          },
          {
            "internalType": "uint32",
            "name": "changes",
            "type": "uint32"
          },
          {
            "internalType": "uint32",
            "name": "lastBlock",
            "type": "uint32"
          }
        ],
        "internalType": "struct IGatewayRegistry.Gateway",
        "name": "",
        "type": "tuple"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "sessionHash",
        "type": "bytes32"
      },
      {
        "internalType": "bytes32",
        "name": "gatewayId",
        "type": "bytes32"
      }
    ],
    "name": "head",
    "outputs": [
      {
        "internalType": "uint32",
        "name": "length",
        "type": "uint32"
      },
      {
        "internalType": "bytes24",
        "name": "lastEntryHash",
        "type": "bytes24"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "sessionHash",
        "type": "bytes32"
      },
      {
        "internalType": "bytes32",
        "name": "gatewayId",
        "type": "bytes32"
      }
    ],
    "name": "logOf",
    "outputs": [
      {
        "internalType": "uint32",
        "name": "length",
        "type": "uint32"
      },
      {
        "internalType": "bytes24",
        "name": "lastEntryHash",
        "type": "bytes24"
      },
      {
        "internalType": "uint32",
        "name": "lastBlock",
        "type": "uint32"
      },
      {
        "internalType": "bool",
        "name": "open",
        "type": "bool"
      },
      {
        "internalType": "bool",
        "name": "closed",
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
            "internalType": "bytes32",
            "name": "originGatewayId",
            "type": "bytes32"
          },
          {
            "internalType": "bytes32",
            "name": "destinationGatewayId",
            "type": "bytes32"
          },
          {
            "internalType": "uint64",
            "name": "deadline",
            "type": "uint64"
          },
          {
            "internalType": "bytes",
            "name": "facts",
            "type": "bytes"
          }
        ],
        "internalType": "struct ILogRegistry.Session",
        "name": "session",
        "type": "tuple"
      },
      {
        "internalType": "uint32",
        "name": "epoch",
        "type": "uint32"
      },
      {
        "internalType": "bytes32",
        "name": "r",
        "type": "bytes32"
      },
      {
        "internalType": "bytes32",
        "name": "vs",
        "type": "bytes32"
      }
    ],
    "name": "openSession",
    "outputs": [
      {
        "internalType": "bytes32",
        "name": "sessionHash",
        "type": "bytes32"
      }
    ],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "owner",
        "type": "address"
      },
      {
        "internalType": "string",
        "name": "name",
        "type": "string"
      },
      {
        "internalType": "address",
        "name": "key",
        "type": "address"
      },
      {
        "internalType": "string",
        "name": "endpoints",
        "type": "string"
      },
      {
        "internalType": "bytes32",
        "name": "r",
        "type": "bytes32"
      },
      {
        "internalType": "bytes32",
        "name": "vs",
        "type": "bytes32"
      }
    ],
    "name": "registerGateway",
    "outputs": [
      {
        "internalType": "bytes32",
        "name": "gatewayId",
        "type": "bytes32"
      }
    ],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "gatewayId",
        "type": "bytes32"
      },
      {
        "internalType": "address",
        "name": "key",
        "type": "address"
      },
      {
        "internalType": "uint32",
        "name": "change",
        "type": "uint32"
      },
      {
        "internalType": "bytes32",
        "name": "r",
        "type": "bytes32"
      },
      {
        "internalType": "bytes32",
        "name": "vs",
        "type": "bytes32"
      }
    ],
    "name": "rotateKey",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes16",
        "name": "sessionId",
        "type": "bytes16"
      }
    ],
    "name": "sessionOf",
    "outputs": [
      {
        "components": [
          {
            "internalType": "uint32",
            "name": "openBlock",
            "type": "uint32"
          },
          {
            "internalType": "uint32",
            "name": "decidedBlock",
            "type": "uint32"
          },
          {
            "internalType": "uint32",
            "name": "closedBlock",
            "type": "uint32"
          },
          {
            "internalType": "uint64",
            "name": "deadline",
            "type": "uint64"
          },
          {
            "internalType": "enum ILogRegistry.Decision",
            "name": "decision",
            "type": "uint8"
          },
          {
            "internalType": "bool",
            "name": "votedYes",
            "type": "bool"
          },
          {
            "internalType": "bool",
            "name": "votedNo",
            "type": "bool"
          },
          {
            "internalType": "bool",
            "name": "burned",
            "type": "bool"
          },
          {
            "internalType": "uint8",
            "name": "openLogs",
            "type": "uint8"
          }
        ],
        "internalType": "struct ILogRegistry.SessionState",
        "name": "",
        "type": "tuple"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "gatewayId",
        "type": "bytes32"
      },
      {
        "internalType": "string",
        "name": "endpoints",
        "type": "string"
      },
      {
        "internalType": "uint32",
        "name": "change",
        "type": "uint32"
      },
      {
        "internalType": "bytes32",
        "name": "r",
        "type": "bytes32"
      },
      {
        "internalType": "bytes32",
        "name": "vs",
        "type": "bytes32"
      }
    ],
    "name": "setEndpoints",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "gatewayId",
        "type": "bytes32"
      },
      {
        "internalType": "uint32",
        "name": "index",
        "type": "uint32"
      },
      {
        "internalType": "bytes32",
        "name": "entryHash",
        "type": "bytes32"
      },
      {
        "internalType": "bytes32[]",
        "name": "proof",
        "type": "bytes32[]"
      }
    ],
    "name": "verifyInclusion",
    "outputs": [
      {
        "internalType": "bool",
        "name": "",
        "type": "bool"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  }
];

export const LogRegistryArtifact = {
  contractName: "LogRegistry",
  abi,
  bytecode: "0x610160604052346101275760405161001860408261012b565b60078152602081019066476174656c6f6760c81b82526040519161003d60408461012b565b600183526020830191603160f81b835261005681610162565b6101205261006384610162565b61014052519020918260e05251902080610100524660a0526040519060208201927f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f8452604083015260608201524660808201523060a082015260a081526100cc60c08261012b565b5190206080523060c05260405161364b90816101ce8239608051816132a4015260a05181613361015260c05181613275015260e051816132f30152610100518161331901526101205181610afc01526101405181610b250152f35b5f80fd5b601f909101601f19168101906001600160401b0382119082101761014e57604052565b634e487b7160e01b5f52604160045260245ffd5b601f81511161018d57602081519101516020821061017e571790565b5f198260200360031b1b161790565b604460209160405192839163305a27a960e01b83528160048401528051918291826024860152018484015e5f828201840152601f01601f19168101030190fdfe6080806040526004361015610012575f80fd5b5f3560e01c90816294d7a714611fa3575080630b804aca14611f6057806319523fe014611f275780631f5a411e14611eb75780632d2c977014611a3a57806332e3883e146116d35780634b55a6e6146114c05780635a79689514611473578063688d82bd146111395780636ab2ccc314610ff75780636f275f6214610fb25780637f48dc7b14610d49578063843d8b7614610bf857806384b0196e14610ae4578063ad6a6a8914610a18578063d3b8fe9b146109e5578063d79bae851461083c578063e1f0cce8146102305763ebe38378146100ec575f80fd5b3461022c57602060031936011261022c576004355f608060405161010f81612121565b8281528260208201528260408201528260608201520152610144815f52600260205263ffffffff60405f205460a01c16151590565b15610201575f52600260205260a060405f2063ffffffff73ffffffffffffffffffffffffffffffffffffffff60018301541691548160405161018581612121565b848152816020820173ffffffffffffffffffffffffffffffffffffffff8516815273ffffffffffffffffffffffffffffffffffffffff604084019183878b1c16835260806060860195858960c01c168752019660e01c875260405198895251166020880152511660408601525116606084015251166080820152f35b7f2e68fcb6000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b5f80fd5b3461022c57608060031936011261022c5760043567ffffffffffffffff811161022c5760a0600319823603011261022c57610269612098565b61027582600401612253565b916fffffffffffffffffffffffffffffffff1983165f52600460205260405f209263ffffffff8454166107fd576102ae82600401612253565b926fffffffffffffffffffffffffffffffff196102d16084850185600401612286565b959050169384156107ad57610800811161077c5750602483013560448401351461072c576044830135159384156106e05767ffffffffffffffff61031760648601612271565b16155b1561069157508315938480610668575b610638576020956105259161034160648701612271565b61035b6103546084890189600401612286565b3691612327565b8981519101206040519067ffffffffffffffff8b83019360248b0135855260448b0135604085015216606083015260808201526080815261039d60a082612187565b5190206fffffffffffffffffffffffffffffffff196103be88600401612253565b165f52885260405f209661042c6040518a8101907f23179af1f3d7e85e656bccf074e8010676561490080db2c348534184c478322082528a604082015263ffffffff8816606082015260608152610416608082612187565b60643591604435915190208860248c0135612428565b67ffffffff00000000438a1b169063900000008217895f5260248901358b5260405f205f5260058b5260405f2055610613575b5081547fffffffffffffffffffffffffffffffffffffffffffffffffffffffff00000000164363ffffffff1617825561049a60648701612271565b7fffffffffffffffffffffffff0000000000000000ffffffffffffffffffffffff73ffffffffffffffff00000000000000000000000084549260601b1691161782555f146105d05780547fffffffffffffff00ffffffffffffffffffffffffffffffffffffffffffffffff167801000000000000000000000000000000000000000000000000179055565b7f388c0a9798d93255c933f7fc63ca458c50df5876cb6a1076082f6c3d9e96827661059461055560648601612271565b9263ffffffff61056b6084880188600401612286565b91909267ffffffffffffffff60405197168752168986015260a0604086015260a0850191612101565b9160443560608201526064356080820152806fffffffffffffffffffffffffffffffff19602460448801359701359516930390a4604051908152f35b80547fffffffffffffff00ffffffffffffffffffffffffffffffffffffffffffffffff167802000000000000000000000000000000000000000000000000179055565b635000000017875f526044870135895260405f205f526005895260405f20558861045f565b6044847f2e68fcb6000000000000000000000000000000000000000000000000000000005f52013560045260245ffd5b5061068b60448501355f52600260205263ffffffff60405f205460a01c16151590565b1561032a565b7fcbd7bbde000000000000000000000000000000000000000000000000000000005f526004527f646561646c696e6500000000000000000000000000000000000000000000000060245260445ffd5b606484016106ed81612271565b67ffffffffffffffff429116119081610707575b5061031a565b661fffffffffffff915061072367ffffffffffffffff91612271565b16111587610701565b837fcbd7bbde000000000000000000000000000000000000000000000000000000005f526004527f64657374696e6174696f6e47617465776179496400000000000000000000000060245260445ffd5b7f395fa878000000000000000000000000000000000000000000000000000000005f5261080060045260245260445ffd5b847fcbd7bbde000000000000000000000000000000000000000000000000000000005f526004527f73657373696f6e4964000000000000000000000000000000000000000000000060245260445ffd5b6fffffffffffffffffffffffffffffffff19907f6ea87f8a000000000000000000000000000000000000000000000000000000005f521660045260245ffd5b3461022c57602060031936011261022c576fffffffffffffffffffffffffffffffff19610867611fee565b5f6101006040516108778161216a565b8281528260208201528260408201528260608201528260808201528260a08201528260c08201528260e08201520152165f52600460205260405f20604051906108bf8261216a565b5463ffffffff811682526020820163ffffffff8260201c168152604083019163ffffffff8160401c168352606084019367ffffffffffffffff8260601c16855260ff8260a01c1692608082019460038510156109b8576109968667ffffffffffffffff6101209960ff9863ffffffff9a528960a08801958a8a60a81c16151587528160c08a01988c8c60b01c1615158a5260e08b019a8d8d60b81c1615158c528d61010082019d60c01c168d526040519e8f9151169052511660208d0152511660408b01525116606089015251608088019061200e565b51151560a086015251151560c085015251151560e08401525116610100820152f35b7f4e487b71000000000000000000000000000000000000000000000000000000005f52602160045260245ffd5b3461022c57602060031936011261022c576004355f526002602052602063ffffffff60405f205460a01c16604051908152f35b3461022c57608060031936011261022c57610a31612098565b60643567ffffffffffffffff811161022c57610a519036906004016120ab565b90916004355f52600360205263ffffffff600160405f200191165f5260205260405f2054908115159182610a8d575b6020836040519015158152f35b9091505f906044355b83831015610ad4578260051b850135908181105f14610ac3575f52602052600160405f205b920191610a96565b905f52602052600160405f20610abb565b9150915060209250148280610a80565b3461022c575f60031936011261022c57610b9c610b207f0000000000000000000000000000000000000000000000000000000000000000613207565b610b497f0000000000000000000000000000000000000000000000000000000000000000613207565b6020610baa60405192610b5c8385612187565b5f84525f3681376040519586957f0f00000000000000000000000000000000000000000000000000000000000000875260e08588015260e08701906120dc565b9085820360408701526120dc565b4660608501523060808501525f60a085015283810360c08501528180845192838152019301915f5b828110610be157505050500390f35b835185528695509381019392810192600101610bd2565b3461022c5760a060031936011261022c5760043560243567ffffffffffffffff811161022c57610c4d7f8d78f4430be72ca2b98dd39b5c660b5c49548aeb823661725825792c822485c8913690600401612031565b610c55612072565b60643560843590865f52600260205263ffffffff610d1760405f20610c7b86828c612524565b610c85878b6122d7565b610d1285858c73ffffffffffffffffffffffffffffffffffffffff600186015416610cb28d8d3691612327565b60208151910120886040519c8d92606060208501947fdbe81b2c7105b3b6d7015360fc303b64258bc58bcb2f85b8afb4b9cb394eb73e86528760408201520152169b8c608082015260808152610d0960a082612187565b5190209161236d565b6125c1565b610d2e60405197889760a0895260a0890191612101565b946020870152166040850152606084015260808301520390a2005b3461022c5760e060031936011261022c57600435610d65612098565b60443590610d7161205f565b90610d7a612085565b60a4359060c43585158015610fa4575b610f6a57865f52600360205260405f209283549263ffffffff808516961695808710610f2757808703610ef35789848460405194602086019b7f93d63f96688c709c49f32a996ca5472a9d78cfb7843f0965d0ab05a7d5c76c818d528460408801528b60608801528d608088015263ffffffff169b8c60a088015263ffffffff8216968760c082015260c08152610e2260e082612187565b51902090610e2f94612428565b6001019663ffffffff8811610ec657855467ffffffffffffffff191663ffffffff988916174360201b67ffffffff00000000161786557f18acfdc51f0a9a0d3a4edf78540880b08fe8b191f9a39d55cf978e74e2fc93a49860e09896600190895f52016020528060405f2055604051978852602088015260408701526060860152608085015260a084015260201c1660c0820152a2005b7f4e487b71000000000000000000000000000000000000000000000000000000005f52601160045260245ffd5b86908a7f77304ae2000000000000000000000000000000000000000000000000000000005f5260045260245260445260645ffd5b8987600188825f520160205260405f2054917fadf17c24000000000000000000000000000000000000000000000000000000005f5260045260245260445260645ffd5b63ffffffff8587897f7e9d9a2d000000000000000000000000000000000000000000000000000000005f526004526024521660445260645ffd5b5063ffffffff851615610d8a565b3461022c57604060031936011261022c57610fcb612098565b6004355f52600360205263ffffffff600160405f200191165f52602052602060405f2054604051908152f35b3461022c57602060031936011261022c5760043567ffffffffffffffff811161022c576110289036906004016120ab565b9081905f5b83811061103f57602083604051908152f35b61104a8185846121c1565b6110538161282a565b1561111e5750611064818584612845565b9061107182828786612998565b805161107f575b505061102d565b90936110959061108f868561222e565b9061222e565b935b8281101561107857806110ad60019288876121c1565b6110b681612253565b907f10cf4fe68a911ec3063fbf3ac129f752ee54edb8d839f7f98a41d4825312f1506fffffffffffffffffffffffffffffffff1960408051936060810135855286602086015260608286015201359316918061111560608201896120dc565b0390a301611097565b9060018101808211610ec6576111349092612678565b611071565b3461022c5760e060031936011261022c57611152611fee565b604435906064356003811015908161022c5761116c612085565b9260a4356fffffffffffffffffffffffffffffffff1960c435921695865f52600460205260405f209485549663ffffffff8816156114475767ffffffffffffffff8860601c1691821561141b5760ff8960a01c1660038110156109b857806113ec5750895f5260243560205260405f2093845f528060205260405f205f526005602052638000000060405f205416156113bd5763ffffffff83169487878715938415946113b3575b84156113a9575b8461133b575b505050506112329192508789612794565b9160048310156109b85782156112e357506109b8577fffffffffffffffffffffff00ffffffffffffffffffffffff00000000ffffffff90961660a085811b74ff000000000000000000000000000000000000000016919091174360201b67ffffffff0000000016179095557f1316baea5bbe241beaf3929f3d243358378389189e3cedca736304749a252ce9956112cc604051809661200e565b6020850152604084015260608301526080820152a2005b8960a49160ff8b604051937f368562030000000000000000000000000000000000000000000000000000000085526004850152818160a81c161515602485015260b81c16151560448301526064820152426084820152fd5b611232955061139f93965f978d60ff6040519160208301937f0e292e58cd44e1c5d8caef4955dbf0f61583e17517d2c4b6d7b0c314fba85078855260408401521660608201528b60808201526080815261139660a082612187565b51902091612428565b829187878e611221565b821515945061121b565b8115159450611214565b847f606de7e8000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b8a7f8d71eff7000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b897f22438c1f000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b887fa8f5e908000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b3461022c57602060031936011261022c5760043567ffffffffffffffff811161022c57610120600319823603011261022c576114b190600401612678565b805190816114bb57005b602001fd5b3461022c5760a060031936011261022c576004356024359073ffffffffffffffffffffffffffffffffffffffff821680920361022c576114fe612072565b60643560843590835f52600260205260405f209261151d818587612524565b851580156116b3575b61168357918163ffffffff8760c0956115d185899773ffffffffffffffffffffffffffffffffffffffff60017f0c763966e767f2ecedd6118bebb2368da5883fd4c38d0fee7a466b24127da4a49c0154168c876040519660208801927f6e8d7db5d8e62dd881828f62b4ceb85280c4baf4b904e6dcfd4db34980987719845260408901528860608901521695866080820152608081526115c760a082612187565b519020908d61236d565b6115da866125c1565b91807fffffffffffffffffffffffff000000000000000000000000000000000000000088541617875561165e61161585895460a01c166121aa565b88547fffffffffffffffff00000000ffffffffffffffffffffffffffffffffffffffff1660a082901b77ffffffff00000000000000000000000000000000000000001617909855565b836040519716875260208701526040860152166060840152608083015260a0820152a2005b85857fa662c4e0000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b5073ffffffffffffffffffffffffffffffffffffffff8454168614611526565b3461022c5761010060031936011261022c576116ed611fee565b6044356116f861205f565b906084359160a43563ffffffff81169485820361022c5760c4356fffffffffffffffffffffffffffffffff1960e435921696875f5260243560205260405f2096875f528660205260405f205f52600560205260405f208054958615611a0a5763100000008716156119d05763ffffffff630fffffff88169816978089036119a0575067ffffffffffffffff198716908167ffffffffffffffff1985160361197057937f14573f38e8c0d9d785ab32458f57de1afed4278b111ec9fd7422b066f0b4ffdc97938793632000000088948f9c998f9b8f916118339263ffffffff9c60c09f8f6040519060208201927f41ca42f91e5b5c18d082ff84b02383169574baac0e3d4c6d684c0f3f38a139188452604083015284606083015260808201528a60a082015260c08c9082015260c0815261139660e082612187565b63cfffffff88169067ffffffff000000004360201b161717179055604051968752602087015260408601526060850152608084015260201c1660a0820152a3815f52600460205260405f2060ff815460c01c168015610ec6577fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff60ff91016119008184907fffffffffffffff00ffffffffffffffffffffffffffffffffffffffffffffffff78ff00000000000000000000000000000000000000000000000083549260c01b169116179055565b161561190857005b7fde0c3aedf2bee0cd256c736fd17102d4c36defae82bcbb7c6fe27d0f5aa2cb419181602092547fffffffffffffffffffffffffffffffffffffffff00000000ffffffffffffffff6bffffffff00000000000000004360401b169116179055604051908152a2005b83827f9a3f45a7000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b88907f72433f66000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b630fffffff878a8c7fb88e6c88000000000000000000000000000000000000000000000000000000005f526004526024521660445260645ffd5b888a7f606de7e8000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b3461022c5760c060031936011261022c5760043573ffffffffffffffffffffffffffffffffffffffff811680820361022c5760243567ffffffffffffffff811161022c57611a8c903690600401612031565b91906044359273ffffffffffffffffffffffffffffffffffffffff841680940361022c5760643567ffffffffffffffff811161022c57611ad0903690600401612031565b946084359160a435916040516020810190888252604080820152611b0a81611afc606082018a8c612101565b03601f198101835282612187565b51902097611b2c895f52600260205263ffffffff60405f205460a01c16151590565b611e8b5785158015611e81575b611e4c57611b47818a6122d7565b8115611e1c57889984868a9b9a36611b60908b8d612327565b8051906020012036611b7390878a612327565b805190602001206040519160208301937f7c8d730c4270e6f3e52fe2ce9ff713b0e1133bcb744530ed4024b656dd7bb93685526040840152606083015287608083015260a082015260a08152611bca60c082612187565b519020611bd7938c61236d565b604051611be381612121565b8281526020810160018152604082016001815260608301904363ffffffff16825260808401928d84528c5f52600260205260405f20945173ffffffffffffffffffffffffffffffffffffffff1673ffffffffffffffffffffffffffffffffffffffff1685547fffffffffffffffffffffffff0000000000000000000000000000000000000000161785555163ffffffff16611cc29085907fffffffffffffffff00000000ffffffffffffffffffffffffffffffffffffffff77ffffffff000000000000000000000000000000000000000083549260a01b169116179055565b5183547fffffffff00000000ffffffffffffffffffffffffffffffffffffffffffffffff1660c09190911b7bffffffff000000000000000000000000000000000000000000000000161783555182547bffffffffffffffffffffffffffffffffffffffffffffffffffffffff1660e09190911b7fffffffff00000000000000000000000000000000000000000000000000000000161782555173ffffffffffffffffffffffffffffffffffffffff16906001019073ffffffffffffffffffffffffffffffffffffffff1681547fffffffffffffffffffffffff00000000000000000000000000000000000000001617905560405196879660a0885260a0880190611dcb92612101565b9160208701528582036040870152611de292612101565b9160608401526080830152037f1f3338ada6d0fb172fafd890a3f5348b5076a4926780095a353570cb0a23189b91a3604051908152602090f35b50877fa662c4e0000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b85897f1fb3f571000000000000000000000000000000000000000000000000000000005f52600452604060245260445260645ffd5b5060408611611b39565b887fd16b4fed000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b3461022c57611ec53661201b565b905f5260205260405f205f52600560205260a060405f2054632000000060405191630fffffff8116835267ffffffffffffffff198116602084015263ffffffff8160201c16604084015263100000008116151560608401521615156080820152f35b3461022c57602060031936011261022c576004355f5260036020526040805f205463ffffffff825191818116835260201c166020820152f35b3461022c57611f6e3661201b565b905f5260205260405f205f5260056020526040805f205467ffffffffffffffff19825191630fffffff81168352166020820152f35b3461022c57602060031936011261022c576020906fffffffffffffffffffffffffffffffff19611fd1611fee565b165f5260048252611fec8160ff60405f205460a01c1661200e565bf35b600435906fffffffffffffffffffffffffffffffff198216820361022c57565b9060038210156109b85752565b600319604091011261022c576004359060243590565b9181601f8401121561022c5782359167ffffffffffffffff831161022c576020838186019501011161022c57565b6064359063ffffffff8216820361022c57565b6044359063ffffffff8216820361022c57565b6084359063ffffffff8216820361022c57565b6024359063ffffffff8216820361022c57565b9181601f8401121561022c5782359167ffffffffffffffff831161022c576020808501948460051b01011161022c57565b90601f19601f602080948051918291828752018686015e5f8582860101520116010190565b601f8260209493601f1993818652868601375f8582860101520116010190565b60a0810190811067ffffffffffffffff82111761213d57604052565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52604160045260245ffd5b610120810190811067ffffffffffffffff82111761213d57604052565b90601f601f19910116810190811067ffffffffffffffff82111761213d57604052565b63ffffffff1663ffffffff8114610ec65760010190565b91908110156122015760051b810135907ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffee18136030182121561022c570190565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52603260045260245ffd5b91908203918211610ec657565b67ffffffffffffffff811161213d5760051b60200190565b356fffffffffffffffffffffffffffffffff198116810361022c5790565b3567ffffffffffffffff8116810361022c5790565b9035907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe18136030182121561022c570180359067ffffffffffffffff821161022c5760200191813603831361022c57565b8115801561231c575b6122e8575050565b7f1fb3f571000000000000000000000000000000000000000000000000000000005f5260045261040060245260445260645ffd5b5061040082116122e0565b92919267ffffffffffffffff821161213d5760405191612351601f8201601f191660200184612187565b82948184528183011161022c578281602093845f960137010152565b936123d49073ffffffffffffffffffffffffffffffffffffffff93946123cf85949661239761325e565b604291604051917f19010000000000000000000000000000000000000000000000000000000000008352600283015260228201522090565b613387565b50509216911691818314801590612420575b6123ef57505050565b7f63ed8866000000000000000000000000000000000000000000000000000000005f5260045260245260445260645ffd5b5082156123e6565b9392919073ffffffffffffffffffffffffffffffffffffffff612476865f52600260205260405f20549063ffffffff73ffffffffffffffffffffffffffffffffffffffff83169260a01c1690565b9116958615610201575063ffffffff91821691168082036124f6575050916124b9916123cf73ffffffffffffffffffffffffffffffffffffffff9461239761325e565b505016908082036124c8575050565b7ffe17011e000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b7fc911cc28000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b9190612544835f52600260205263ffffffff60405f205460a01c16151590565b156125955763ffffffff80915460c01c1691169181830361256457505050565b7fc4762d66000000000000000000000000000000000000000000000000000000005f5260045260245260445260645ffd5b827f2e68fcb6000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b80547bffffffffffffffffffffffffffffffffffffffffffffffffffffffff81164360e090811b7fffffffff00000000000000000000000000000000000000000000000000000000169190911783551c91906126769061262a63ffffffff825460c01c166121aa565b7fffffffff00000000ffffffffffffffffffffffffffffffffffffffffffffffff7bffffffff00000000000000000000000000000000000000000000000083549260c01b169116179055565b565b63ffffffff9161268b60c0830183612286565b6fffffffffffffffffffffffffffffffff196126a685612253565b165f52602084013560205260405f2090604085013592825f528360205260405f205f52600560205260405f209561271a61270d8854965f52600260205260405f20549063ffffffff73ffffffffffffffffffffffffffffffffffffffff83169260a01c1690565b9099168686868686612b94565b8051612788575060205f6040518585823780868101838152039060025afa1561277d5761275561274d5f51809684612e54565b988983612fbc565b9687516127725761276b612676979899876130ae565b90556130de565b505050505050915090565b6040513d5f823e3d90fd5b96505050505050915090565b9060038110156109b857600281036127e15750906127db575460ff8160b01c166127d55760601c67ffffffffffffffff164210156127d0575f90565b600390565b50600290565b50600190565b6001146127ef575b50505f90565b8161281b575b8161280c575b50612807575f806127e9565b600190565b60ff91505460b81c165f6127fb565b805460a81c60ff1691506127f5565b60e081013515908161283a575090565b610100915001351590565b929190926128548285836121c1565b9160018101809111610ec6575b84811080612941575b156128ee5761287a8186846121c1565b61288381612253565b6fffffffffffffffffffffffffffffffff198061289f87612253565b169116149081159161292d575b8115612919575b81156128f4575b506128ee577fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff8114610ec657600101612861565b93505050565b63ffffffff91506060013560281c1663ffffffff606085013560281c1614155f6128ba565b9050604084013560408201351415906128b3565b9050602084013560208201351415906128ac565b507fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff8101818111610ec65761297a61297f9187856121c1565b61282a565b61286a565b80518210156122015760209160051b010190565b93929190936129a88286836121c1565b916fffffffffffffffffffffffffffffffff196129c484612253565b165f52602083013560205260405f2090604084013596825f528760205260405f205f52600560205260405f209363ffffffff855496612a2f889b5f52600260205260405f20549063ffffffff73ffffffffffffffffffffffffffffffffffffffff83169260a01c1690565b90925f929116612a3f878c61222e565b97601f19612a65612a4f8b61223b565b9a612a5d6040519c8d612187565b808c5261223b565b013660208b013787915b8c8310612aef5750505090612a849291612fbc565b988951612ae5578690955582945b878610612aa3575050505050505050565b612ada90612ab28785856121c1565b612abf60c0820182612286565b90612ad3612acd898c61222e565b8a612984565b51926130de565b600186950194612a92565b5050505050505050565b919a93509150612b008a87876121c1565b9160c08301612b1c838684612b158589612286565b9089612b94565b8051612b8357505f612b3060209286612286565b908160405192839283378101838152039060025afa1561277d576001612b7b8c8a968c612b755f5191612b6f612b67848a8d612e54565b9b8c9661222e565b90612984565b526130ae565b9b0191612a6f565b9e5050505050505050505050505050565b9295949050606095868401359260ff8460f01c1660018560f81c149081612e48575b81612e3c575b5080612e2b575b80612e08575b15612dc2576140008111612d7457506310000000851615612d65575063ffffffff8260281c16818103612d1b57505063ffffffff630fffffff84169160081c16818103612cd25750630fffffff8114612c8f575060a067ffffffffffffffff199101359116908167ffffffffffffffff19821603612c45575050565b90919250604051917f9a3f45a70000000000000000000000000000000000000000000000000000000060208401526024830152604482015260448152612c8c606482612187565b90565b9293505050604051907ffc8cbbfb000000000000000000000000000000000000000000000000000000006020830152602482015260248152612c8c604482612187565b925092935050604051917f72433f660000000000000000000000000000000000000000000000000000000060208401526024830152604482015260448152612c8c606482612187565b93509394505050604051917fc911cc280000000000000000000000000000000000000000000000000000000060208401526024830152604482015260448152612c8c606482612187565b92915050612c8c9394506133c6565b9596505050505050604051907fe70664090000000000000000000000000000000000000000000000000000000060208301526140006024830152604482015260448152612c8c606482612187565b5050509293505050604051907f3791fa84000000000000000000000000000000000000000000000000000000006020830152602482015260248152612c8c604482612187565b5078ffe0000000000000ffe00000000000000000000000000000ff841615612bc9565b50600260ff8560e81c161115612bc3565b6005915011155f612bbc565b60018110159150612bb6565b9060a06042939260608101359367ffffffffffffffff612e7383612253565b95604051956fffffffffffffffffffffffffffffffff1960208801987fae78e57a2430210aa261d78a6a812484696d78c687f9bbb23fc86fd352c2c5898a528360f81c60408a0152166060880152608087015260408401358587015263ffffffff8160281c1660c087015263ffffffff8160081c1660e0870152818160481c1661010087015261ffff8160d81c1661012087015260ff8160f01c1661014087015260ff8160e81c1661016087015261ffff8160c81c1661018087015260881c166101a085015260808201356101c08501526101e084015201356102008201526102008152612f6361022082612187565b519020604051907f190100000000000000000000000000000000000000000000000000000000000082527f2e516e115d33ef1bb069ec7e0948701576e615d43581d7f7c1c32d4dcedfe472600283015260228201522090565b9291909273ffffffffffffffffffffffffffffffffffffffff80612fee6060966101008501359060e086013590613387565b5050931692169082820361300157505050565b909192935061300f8161282a565b6130575750604051917ffe17011e0000000000000000000000000000000000000000000000000000000060208401526024830152604482015260448152612c8c606482612187565b91505063ffffffff606082013560081c1660408051927fe728ee3900000000000000000000000000000000000000000000000000000000602085015201356024830152604482015260448152612c8c606482612187565b63ffffffff169060018201809211610ec65767ffffffffffffffff19164360201b67ffffffff0000000016171790565b93927f24a92bd5206a4c0fc52501184aa639faa6c33cde681a207155335ff2b0be6b0f61314761310d87612253565b936060880135956040519487865260808a0135602087015260a08a0135604087015260608601526101006080860152610100850191612101565b9160e087013560a082015261010087013560c082015263ffffffff8660201c1660e0820152806fffffffffffffffffffffffffffffffff1960408901359516930390a360c81c66010401012f0006811480156131f7575b80156131e7575b6131ae57505050565b6fffffffffffffffffffffffffffffffff196131cc61267694612253565b165f526004602052638000000060405f209216151591613468565b50660103000130000881146131a5565b5066010402012f0006811461319e565b60ff811690601f82116132365760405191613223604084612187565b6020808452838101919036833783525290565b7fb3512b0c000000000000000000000000000000000000000000000000000000005f5260045ffd5b73ffffffffffffffffffffffffffffffffffffffff7f00000000000000000000000000000000000000000000000000000000000000001630148061335e575b156132c6577f000000000000000000000000000000000000000000000000000000000000000090565b60405160208101907f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f82527f000000000000000000000000000000000000000000000000000000000000000060408201527f000000000000000000000000000000000000000000000000000000000000000060608201524660808201523060a082015260a0815261335860c082612187565b51902090565b507f0000000000000000000000000000000000000000000000000000000000000000461461329d565b906133bf929160ff601b7f7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff851694821c011690613586565b9192909190565b90918015613420576040630fffffff928151947fb88e6c8800000000000000000000000000000000000000000000000000000000602087015260248601520135604484015216606482015260648152612c8c608482612187565b506040908151927f606de7e800000000000000000000000000000000000000000000000000000000602085015260248401520135604482015260448152612c8c606482612187565b916135345781549060ff8260a81c168015613527575b6135225766010401012f000681036134d257505075010000000000000000000000000000000000000000007fffffffffffffffffffff00ffffffffffffffffffffffffffffffffffffffffff825416179055565b66010402012f0006146134e3575050565b7fffffffffffffffffff00ffffffffffffffffffffffffffffffffffffffffffff16760100000000000000000000000000000000000000000000179055565b505050565b5060ff8260b01c1661347e565b6601030001300008146135445750565b770100000000000000000000000000000000000000000000007fffffffffffffffff00ffffffffffffffffffffffffffffffffffffffffffffff825416179055565b91907f7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0841161360a579160209360809260ff5f9560405194855216868401526040830152606082015282805260015afa1561277d575f5173ffffffffffffffffffffffffffffffffffffffff81161561360057905f905f90565b505f906001905f90565b5050505f916003919056fea2646970667358221220bbc84b556c358116d9c874310436a41188be18d06992c71c00b47995d1ac14ce64736f6c63430008250033",
} as const;
