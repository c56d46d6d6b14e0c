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
  }
];

export const LogRegistryArtifact = {
  contractName: "LogRegistry",
  abi,
  bytecode: "0x610160604052346101275760405161001860408261012b565b60078152602081019066476174656c6f6760c81b82526040519161003d60408461012b565b600183526020830191603160f81b835261005681610162565b6101205261006384610162565b61014052519020918260e05251902080610100524660a0526040519060208201927f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f8452604083015260608201524660808201523060a082015260a081526100cc60c08261012b565b5190206080523060c05260405161323890816101ce823960805181612e91015260a05181612f4e015260c05181612e62015260e05181612ee001526101005181612f06015261012051816109ea01526101405181610a130152f35b5f80fd5b601f909101601f19168101906001600160401b0382119082101761014e57604052565b634e487b7160e01b5f52604160045260245ffd5b601f81511161018d57602081519101516020821061017e571790565b5f198260200360031b1b161790565b604460209160405192839163305a27a960e01b83528160048401528051918291826024860152018484015e5f828201840152601f01601f19168101030190fdfe6080806040526004361015610012575f80fd5b5f3560e01c90816294d7a714611bfa575080630b804aca14611bb75780631f5a411e14611b475780632d2c9770146116ca57806332e3883e146113625780634b55a6e61461114f5780635a79689514611102578063688d82bd14610dcb5780636ab2ccc314610c37578063843d8b7614610ae657806384b0196e146109d2578063d3b8fe9b1461099f578063d79bae85146107f6578063e1f0cce8146102045763ebe38378146100c0575f80fd5b34610200576020600319360112610200576004355f60806040516100e381611d0e565b8281528260208201528260408201528260608201520152610118815f52600260205263ffffffff60405f205460a01c16151590565b156101d5575f52600260205260a060405f2063ffffffff73ffffffffffffffffffffffffffffffffffffffff60018301541691548160405161015981611d0e565b848152816020820173ffffffffffffffffffffffffffffffffffffffff8516815273ffffffffffffffffffffffffffffffffffffffff604084019183878b1c16835260806060860195858960c01c168752019660e01c875260405198895251166020880152511660408601525116606084015251166080820152f35b7f2e68fcb6000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b5f80fd5b346102005760806003193601126102005760043567ffffffffffffffff81116102005760a060031982360301126102005760243563ffffffff811681036102005761025182600401611e40565b916fffffffffffffffffffffffffffffffff1983165f52600360205260405f209263ffffffff8454166107b75761028a82600401611e40565b6fffffffffffffffffffffffffffffffff196102ac6084850185600401611e73565b92905016908115610767576108008111610736575060248301356044840135146106e757604483013561069b5767ffffffffffffffff6102ee60648501611e5e565b16155b1561064c575060448201351515928380610623575b6105f3576104e060209561031c60648601611e5e565b61033661032f6084880188600401611e73565b3691611f14565b8881519101206040519067ffffffffffffffff8a83019360248a0135855260448a0135604085015216606083015260808201526080815261037860a082611d74565b5190206fffffffffffffffffffffffffffffffff1961039987600401611e40565b165f52875260405f2095610407604051898101907f23179af1f3d7e85e656bccf074e8010676561490080db2c348534184c4783220825289604082015263ffffffff87166060820152606081526103f1608082611d74565b60643591604435915190208760248b0135612015565b67ffffffff0000000043891b169063900000008217885f5260248801358a5260405f205f5260048a5260405f20556105ce575b50805473ffffffffffffffff00000000000000000000000061045e60648801611e5e565b60601b16907fffffffffffffffffffffffff0000000000000000ffffffffffffffff0000000063ffffffff43169116171781556044850135155f1461058b5780547fffffffffffffff00ffffffffffffffffffffffffffffffffffffffffffffffff167801000000000000000000000000000000000000000000000000179055565b7f388c0a9798d93255c933f7fc63ca458c50df5876cb6a1076082f6c3d9e96827661054f61051060648601611e5e565b9263ffffffff6105266084880188600401611e73565b91909267ffffffffffffffff60405197168752168986015260a0604086015260a0850191611cee565b9160443560608201526064356080820152806fffffffffffffffffffffffffffffffff19602460448801359701359516930390a4604051908152f35b80547fffffffffffffff00ffffffffffffffffffffffffffffffffffffffffffffffff167802000000000000000000000000000000000000000000000000179055565b635000000017865f526044860135885260405f205f526004885260405f20558761043a565b6044837f2e68fcb6000000000000000000000000000000000000000000000000000000005f52013560045260245ffd5b5061064660448401355f52600260205263ffffffff60405f205460a01c16151590565b15610306565b7fcbd7bbde000000000000000000000000000000000000000000000000000000005f526004527f646561646c696e6500000000000000000000000000000000000000000000000060245260445ffd5b606483016106a881611e5e565b67ffffffffffffffff4291161190816106c2575b506102f1565b661fffffffffffff91506106de67ffffffffffffffff91611e5e565b161115866106bc565b7fcbd7bbde000000000000000000000000000000000000000000000000000000005f526004527f64657374696e6174696f6e47617465776179496400000000000000000000000060245260445ffd5b7f395fa878000000000000000000000000000000000000000000000000000000005f5261080060045260245260445ffd5b507fcbd7bbde000000000000000000000000000000000000000000000000000000005f526004527f73657373696f6e4964000000000000000000000000000000000000000000000060245260445ffd5b6fffffffffffffffffffffffffffffffff19907f6ea87f8a000000000000000000000000000000000000000000000000000000005f521660045260245ffd5b34610200576020600319360112610200576fffffffffffffffffffffffffffffffff19610821611c45565b5f61010060405161083181611d57565b8281528260208201528260408201528260608201528260808201528260a08201528260c08201528260e08201520152165f52600360205260405f206040519061087982611d57565b5463ffffffff811682526020820163ffffffff8260201c168152604083019163ffffffff8160401c168352606084019367ffffffffffffffff8260601c16855260ff8260a01c169260808201946003851015610972576109508667ffffffffffffffff6101209960ff9863ffffffff9a528960a08801958a8a60a81c16151587528160c08a01988c8c60b01c1615158a5260e08b019a8d8d60b81c1615158c528d61010082019d60c01c168d526040519e8f9151169052511660208d0152511660408b015251166060890152516080880190611c65565b51151560a086015251151560c085015251151560e08401525116610100820152f35b7f4e487b71000000000000000000000000000000000000000000000000000000005f52602160045260245ffd5b34610200576020600319360112610200576004355f526002602052602063ffffffff60405f205460a01c16604051908152f35b34610200575f60031936011261020057610a8a610a0e7f0000000000000000000000000000000000000000000000000000000000000000612df4565b610a377f0000000000000000000000000000000000000000000000000000000000000000612df4565b6020610a9860405192610a4a8385611d74565b5f84525f3681376040519586957f0f00000000000000000000000000000000000000000000000000000000000000875260e08588015260e0870190611cc9565b908582036040870152611cc9565b4660608501523060808501525f60a085015283810360c08501528180845192838152019301915f5b828110610acf57505050500390f35b835185528695509381019392810192600101610ac0565b346102005760a06003193601126102005760043560243567ffffffffffffffff811161020057610b3b7f8d78f4430be72ca2b98dd39b5c660b5c49548aeb823661725825792c822485c8913690600401611c88565b610b43611cb6565b60643560843590865f52600260205263ffffffff610c0560405f20610b6986828c612111565b610b73878b611ec4565b610c0085858c73ffffffffffffffffffffffffffffffffffffffff600186015416610ba08d8d3691611f14565b60208151910120886040519c8d92606060208501947fdbe81b2c7105b3b6d7015360fc303b64258bc58bcb2f85b8afb4b9cb394eb73e86528760408201520152169b8c608082015260808152610bf760a082611d74565b51902091611f5a565b6121ae565b610c1c60405197889760a0895260a0890191611cee565b946020870152166040850152606084015260808301520390a2005b346102005760206003193601126102005760043567ffffffffffffffff811161020057366023820112156102005780600401359067ffffffffffffffff8211610200576024810190602436918460051b0101116102005781905f5b838110610ca457602083604051908152f35b610caf818584611dae565b610cb881612417565b15610d835750610cc9818584612432565b90610cd682828786612585565b8051610ce4575b5050610c92565b9093610cfa90610cf48685611e1b565b90611e1b565b935b82811015610cdd5780610d126001928887611dae565b610d1b81611e40565b907f10cf4fe68a911ec3063fbf3ac129f752ee54edb8d839f7f98a41d4825312f1506fffffffffffffffffffffffffffffffff19604080519360608101358552866020860152606082860152013593169180610d7a6060820189611cc9565b0390a301610cfc565b9060018101808211610d9e57610d999092612265565b610cd6565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52601160045260245ffd5b346102005760e060031936011261020057610de4611c45565b6044359060643560038110159081610200576084359263ffffffff84168085036102005760a435906fffffffffffffffffffffffffffffffff1960c435931696875f52600360205260405f209687549663ffffffff8816156110d65767ffffffffffffffff8860601c169283156110aa5760ff8960a01c166003811015610972578061107b57508a5f5260243560205260405f20805f528160205260405f205f526004602052638000000060405f2054161561104d578787871593841594611043575b8415611039575b84610fcb575b50505050610ec5919250878a612381565b916004831015610972578215610f735750610972577f1316baea5bbe241beaf3929f3d243358378389189e3cedca736304749a252ce99660a09667ffffffff000000004360201b16907fffffffffffffffffffffff00ffffffffffffffffffffffff00000000ffffffff74ff0000000000000000000000000000000000000000898b1b16911617179055610f5c6040518096611c65565b6020850152604084015260608301526080820152a2005b8960a49160ff8a604051937f368562030000000000000000000000000000000000000000000000000000000085526004850152818160a81c161515602485015260b81c16151560448301526064820152426084820152fd5b610ec5955061102f93965f978d60ff6040519160208301937f0e292e58cd44e1c5d8caef4955dbf0f61583e17517d2c4b6d7b0c314fba85078855260408401521660608201528b60808201526080815261102660a082611d74565b51902091612015565b829187878e610eb4565b8215159450610eae565b8115159450610ea7565b7f606de7e8000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b8b7f8d71eff7000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b8a7f22438c1f000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b897fa8f5e908000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b346102005760206003193601126102005760043567ffffffffffffffff81116102005761012060031982360301126102005761114090600401612265565b8051908161114a57005b602001fd5b346102005760a0600319360112610200576004356024359073ffffffffffffffffffffffffffffffffffffffff82168092036102005761118d611cb6565b60643560843590835f52600260205260405f20926111ac818587612111565b85158015611342575b61131257918163ffffffff8760c09561126085899773ffffffffffffffffffffffffffffffffffffffff60017f0c763966e767f2ecedd6118bebb2368da5883fd4c38d0fee7a466b24127da4a49c0154168c876040519660208801927f6e8d7db5d8e62dd881828f62b4ceb85280c4baf4b904e6dcfd4db349809877198452604089015288606089015216958660808201526080815261125660a082611d74565b519020908d611f5a565b611269866121ae565b91807fffffffffffffffffffffffff00000000000000000000000000000000000000008854161787556112ed6112a485895460a01c16611d97565b88547fffffffffffffffff00000000ffffffffffffffffffffffffffffffffffffffff1660a082901b77ffffffff00000000000000000000000000000000000000001617909855565b836040519716875260208701526040860152166060840152608083015260a0820152a2005b85857fa662c4e0000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b5073ffffffffffffffffffffffffffffffffffffffff84541686146111b5565b34610200576101006003193601126102005761137c611c45565b6044356064359063ffffffff8216809203610200576084359160a43563ffffffff8116948582036102005760c4356fffffffffffffffffffffffffffffffff1960e435921696875f5260243560205260405f2096875f528660205260405f205f52600460205260405f20805495861561169a57631000000087161561166057630fffffff8716808903611630575067ffffffffffffffff198716908167ffffffffffffffff1985160361160057937f14573f38e8c0d9d785ab32458f57de1afed4278b111ec9fd7422b066f0b4ffdc97938793632000000088948f9c998f9b8f916114c39263ffffffff9c60c09f8f6040519060208201927f41ca42f91e5b5c18d082ff84b02383169574baac0e3d4c6d684c0f3f38a139188452604083015284606083015260808201528a60a082015260c08c9082015260c0815261102660e082611d74565b63cfffffff88169067ffffffff000000004360201b161717179055604051968752602087015260408601526060850152608084015260201c1660a0820152a3815f52600360205260405f2060ff815460c01c168015610d9e577fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff60ff91016115908184907fffffffffffffff00ffffffffffffffffffffffffffffffffffffffffffffffff78ff00000000000000000000000000000000000000000000000083549260c01b169116179055565b161561159857005b7fde0c3aedf2bee0cd256c736fd17102d4c36defae82bcbb7c6fe27d0f5aa2cb419181602092547fffffffffffffffffffffffffffffffffffffffff00000000ffffffffffffffff6bffffffff00000000000000004360401b169116179055604051908152a2005b83827f9a3f45a7000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b88907f72433f66000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b630fffffff878a8c7fb88e6c88000000000000000000000000000000000000000000000000000000005f526004526024521660445260645ffd5b888a7f606de7e8000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b346102005760c06003193601126102005760043573ffffffffffffffffffffffffffffffffffffffff81168082036102005760243567ffffffffffffffff81116102005761171c903690600401611c88565b91906044359273ffffffffffffffffffffffffffffffffffffffff84168094036102005760643567ffffffffffffffff811161020057611760903690600401611c88565b946084359160a43591604051602081019088825260408082015261179a8161178c606082018a8c611cee565b03601f198101835282611d74565b519020976117bc895f52600260205263ffffffff60405f205460a01c16151590565b611b1b5785158015611b11575b611adc576117d7818a611ec4565b8115611aac57889984868a9b9a366117f0908b8d611f14565b805190602001203661180390878a611f14565b805190602001206040519160208301937f7c8d730c4270e6f3e52fe2ce9ff713b0e1133bcb744530ed4024b656dd7bb93685526040840152606083015287608083015260a082015260a0815261185a60c082611d74565b519020611867938c611f5a565b60405161187381611d0e565b8281526020810160018152604082016001815260608301904363ffffffff16825260808401928d84528c5f52600260205260405f20945173ffffffffffffffffffffffffffffffffffffffff1673ffffffffffffffffffffffffffffffffffffffff1685547fffffffffffffffffffffffff0000000000000000000000000000000000000000161785555163ffffffff166119529085907fffffffffffffffff00000000ffffffffffffffffffffffffffffffffffffffff77ffffffff000000000000000000000000000000000000000083549260a01b169116179055565b5183547fffffffff00000000ffffffffffffffffffffffffffffffffffffffffffffffff1660c09190911b7bffffffff000000000000000000000000000000000000000000000000161783555182547bffffffffffffffffffffffffffffffffffffffffffffffffffffffff1660e09190911b7fffffffff00000000000000000000000000000000000000000000000000000000161782555173ffffffffffffffffffffffffffffffffffffffff16906001019073ffffffffffffffffffffffffffffffffffffffff1681547fffffffffffffffffffffffff00000000000000000000000000000000000000001617905560405196879660a0885260a0880190611a5b92611cee565b9160208701528582036040870152611a7292611cee565b9160608401526080830152037f1f3338ada6d0fb172fafd890a3f5348b5076a4926780095a353570cb0a23189b91a3604051908152602090f35b50877fa662c4e0000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b85897f1fb3f571000000000000000000000000000000000000000000000000000000005f52600452604060245260445260645ffd5b50604086116117c9565b887fd16b4fed000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b3461020057611b5536611c72565b905f5260205260405f205f52600460205260a060405f2054632000000060405191630fffffff8116835267ffffffffffffffff198116602084015263ffffffff8160201c16604084015263100000008116151560608401521615156080820152f35b3461020057611bc536611c72565b905f5260205260405f205f5260046020526040805f205467ffffffffffffffff19825191630fffffff81168352166020820152f35b34610200576020600319360112610200576020906fffffffffffffffffffffffffffffffff19611c28611c45565b165f5260038252611c438160ff60405f205460a01c16611c65565bf35b600435906fffffffffffffffffffffffffffffffff198216820361020057565b9060038210156109725752565b6003196040910112610200576004359060243590565b9181601f840112156102005782359167ffffffffffffffff8311610200576020838186019501011161020057565b6044359063ffffffff8216820361020057565b90601f19601f602080948051918291828752018686015e5f8582860101520116010190565b601f8260209493601f1993818652868601375f8582860101520116010190565b60a0810190811067ffffffffffffffff821117611d2a57604052565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52604160045260245ffd5b610120810190811067ffffffffffffffff821117611d2a57604052565b90601f601f19910116810190811067ffffffffffffffff821117611d2a57604052565b63ffffffff1663ffffffff8114610d9e5760010190565b9190811015611dee5760051b810135907ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffee181360301821215610200570190565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52603260045260245ffd5b91908203918211610d9e57565b67ffffffffffffffff8111611d2a5760051b60200190565b356fffffffffffffffffffffffffffffffff19811681036102005790565b3567ffffffffffffffff811681036102005790565b9035907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe181360301821215610200570180359067ffffffffffffffff82116102005760200191813603831361020057565b81158015611f09575b611ed5575050565b7f1fb3f571000000000000000000000000000000000000000000000000000000005f5260045261040060245260445260645ffd5b506104008211611ecd565b92919267ffffffffffffffff8211611d2a5760405191611f3e601f8201601f191660200184611d74565b829481845281830111610200578281602093845f960137010152565b93611fc19073ffffffffffffffffffffffffffffffffffffffff9394611fbc859496611f84612e4b565b604291604051917f19010000000000000000000000000000000000000000000000000000000000008352600283015260228201522090565b612f74565b5050921691169181831480159061200d575b611fdc57505050565b7f63ed8866000000000000000000000000000000000000000000000000000000005f5260045260245260445260645ffd5b508215611fd3565b9392919073ffffffffffffffffffffffffffffffffffffffff612063865f52600260205260405f20549063ffffffff73ffffffffffffffffffffffffffffffffffffffff83169260a01c1690565b91169586156101d5575063ffffffff91821691168082036120e3575050916120a691611fbc73ffffffffffffffffffffffffffffffffffffffff94611f84612e4b565b505016908082036120b5575050565b7ffe17011e000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b7fc911cc28000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b9190612131835f52600260205263ffffffff60405f205460a01c16151590565b156121825763ffffffff80915460c01c1691169181830361215157505050565b7fc4762d66000000000000000000000000000000000000000000000000000000005f5260045260245260445260645ffd5b827f2e68fcb6000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b80547bffffffffffffffffffffffffffffffffffffffffffffffffffffffff81164360e090811b7fffffffff00000000000000000000000000000000000000000000000000000000169190911783551c91906122639061221763ffffffff825460c01c16611d97565b7fffffffff00000000ffffffffffffffffffffffffffffffffffffffffffffffff7bffffffff00000000000000000000000000000000000000000000000083549260c01b169116179055565b565b63ffffffff9161227860c0830183611e73565b6fffffffffffffffffffffffffffffffff1961229385611e40565b165f52602084013560205260405f2090604085013592825f528360205260405f205f52600460205260405f20956123076122fa8854965f52600260205260405f20549063ffffffff73ffffffffffffffffffffffffffffffffffffffff83169260a01c1690565b9099168686868686612781565b8051612375575060205f6040518585823780868101838152039060025afa1561236a5761234261233a5f51809684612a41565b988983612ba9565b96875161235f5761235861226397989987612c9b565b9055612ccb565b505050505050915090565b6040513d5f823e3d90fd5b96505050505050915090565b90600381101561097257600281036123ce5750906123c8575460ff8160b01c166123c25760601c67ffffffffffffffff164210156123bd575f90565b600390565b50600290565b50600190565b6001146123dc575b50505f90565b81612408575b816123f9575b506123f4575f806123d6565b600190565b60ff91505460b81c165f6123e8565b805460a81c60ff1691506123e2565b60e0810135159081612427575090565b610100915001351590565b92919092612441828583611dae565b9160018101809111610d9e575b8481108061252e575b156124db57612467818684611dae565b61247081611e40565b6fffffffffffffffffffffffffffffffff198061248c87611e40565b169116149081159161251a575b8115612506575b81156124e1575b506124db577fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff8114610d9e5760010161244e565b93505050565b63ffffffff91506060013560281c1663ffffffff606085013560281c1614155f6124a7565b9050604084013560408201351415906124a0565b905060208401356020820135141590612499565b507fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff8101818111610d9e5761256761256c918785611dae565b612417565b612457565b8051821015611dee5760209160051b010190565b9392919093612595828683611dae565b916fffffffffffffffffffffffffffffffff196125b184611e40565b165f52602083013560205260405f2090604084013596825f528760205260405f205f52600460205260405f209363ffffffff85549661261c889b5f52600260205260405f20549063ffffffff73ffffffffffffffffffffffffffffffffffffffff83169260a01c1690565b90925f92911661262c878c611e1b565b97601f1961265261263c8b611e28565b9a61264a6040519c8d611d74565b808c52611e28565b013660208b013787915b8c83106126dc57505050906126719291612ba9565b9889516126d2578690955582945b878610612690575050505050505050565b6126c79061269f878585611dae565b6126ac60c0820182611e73565b906126c06126ba898c611e1b565b8a612571565b5192612ccb565b60018695019461267f565b5050505050505050565b919a935091506126ed8a8787611dae565b9160c083016127098386846127028589611e73565b9089612781565b805161277057505f61271d60209286611e73565b908160405192839283378101838152039060025afa1561236a5760016127688c8a968c6127625f519161275c612754848a8d612a41565b9b8c96611e1b565b90612571565b52612c9b565b9b019161265c565b9e5050505050505050505050505050565b9295949050606095868401359260ff8460f01c1660018560f81c149081612a35575b81612a29575b5080612a18575b806129f5575b156129af57614000811161296157506310000000851615612952575063ffffffff8260281c1681810361290857505063ffffffff630fffffff84169160081c168181036128bf5750630fffffff811461287c575060a067ffffffffffffffff199101359116908167ffffffffffffffff19821603612832575050565b90919250604051917f9a3f45a70000000000000000000000000000000000000000000000000000000060208401526024830152604482015260448152612879606482611d74565b90565b9293505050604051907ffc8cbbfb000000000000000000000000000000000000000000000000000000006020830152602482015260248152612879604482611d74565b925092935050604051917f72433f660000000000000000000000000000000000000000000000000000000060208401526024830152604482015260448152612879606482611d74565b93509394505050604051917fc911cc280000000000000000000000000000000000000000000000000000000060208401526024830152604482015260448152612879606482611d74565b92915050612879939450612fb3565b9596505050505050604051907fe70664090000000000000000000000000000000000000000000000000000000060208301526140006024830152604482015260448152612879606482611d74565b5050509293505050604051907f3791fa84000000000000000000000000000000000000000000000000000000006020830152602482015260248152612879604482611d74565b5078ffe0000000000000ffe00000000000000000000000000000ff8416156127b6565b50600260ff8560e81c1611156127b0565b6005915011155f6127a9565b600181101591506127a3565b9060a06042939260608101359367ffffffffffffffff612a6083611e40565b95604051956fffffffffffffffffffffffffffffffff1960208801987fae78e57a2430210aa261d78a6a812484696d78c687f9bbb23fc86fd352c2c5898a528360f81c60408a0152166060880152608087015260408401358587015263ffffffff8160281c1660c087015263ffffffff8160081c1660e0870152818160481c1661010087015261ffff8160d81c1661012087015260ff8160f01c1661014087015260ff8160e81c1661016087015261ffff8160c81c1661018087015260881c166101a085015260808201356101c08501526101e084015201356102008201526102008152612b5061022082611d74565b519020604051907f190100000000000000000000000000000000000000000000000000000000000082527f2e516e115d33ef1bb069ec7e0948701576e615d43581d7f7c1c32d4dcedfe472600283015260228201522090565b9291909273ffffffffffffffffffffffffffffffffffffffff80612bdb6060966101008501359060e086013590612f74565b50509316921690828203612bee57505050565b9091929350612bfc81612417565b612c445750604051917ffe17011e0000000000000000000000000000000000000000000000000000000060208401526024830152604482015260448152612879606482611d74565b91505063ffffffff606082013560081c1660408051927fe728ee3900000000000000000000000000000000000000000000000000000000602085015201356024830152604482015260448152612879606482611d74565b63ffffffff169060018201809211610d9e5767ffffffffffffffff19164360201b67ffffffff0000000016171790565b93927f24a92bd5206a4c0fc52501184aa639faa6c33cde681a207155335ff2b0be6b0f612d34612cfa87611e40565b936060880135956040519487865260808a0135602087015260a08a0135604087015260608601526101006080860152610100850191611cee565b9160e087013560a082015261010087013560c082015263ffffffff8660201c1660e0820152806fffffffffffffffffffffffffffffffff1960408901359516930390a360c81c66010401012f000681148015612de4575b8015612dd4575b612d9b57505050565b6fffffffffffffffffffffffffffffffff19612db961226394611e40565b165f526003602052638000000060405f209216151591613055565b5066010300013000088114612d92565b5066010402012f00068114612d8b565b60ff811690601f8211612e235760405191612e10604084611d74565b6020808452838101919036833783525290565b7fb3512b0c000000000000000000000000000000000000000000000000000000005f5260045ffd5b73ffffffffffffffffffffffffffffffffffffffff7f000000000000000000000000000000000000000000000000000000000000000016301480612f4b575b15612eb3577f000000000000000000000000000000000000000000000000000000000000000090565b60405160208101907f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f82527f000000000000000000000000000000000000000000000000000000000000000060408201527f000000000000000000000000000000000000000000000000000000000000000060608201524660808201523060a082015260a08152612f4560c082611d74565b51902090565b507f00000000000000000000000000000000000000000000000000000000000000004614612e8a565b90612fac929160ff601b7f7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff851694821c011690613173565b9192909190565b9091801561300d576040630fffffff928151947fb88e6c8800000000000000000000000000000000000000000000000000000000602087015260248601520135604484015216606482015260648152612879608482611d74565b506040908151927f606de7e800000000000000000000000000000000000000000000000000000000602085015260248401520135604482015260448152612879606482611d74565b916131215781549060ff8260a81c168015613114575b61310f5766010401012f000681036130bf57505075010000000000000000000000000000000000000000007fffffffffffffffffffff00ffffffffffffffffffffffffffffffffffffffffff825416179055565b66010402012f0006146130d0575050565b7fffffffffffffffffff00ffffffffffffffffffffffffffffffffffffffffffff16760100000000000000000000000000000000000000000000179055565b505050565b5060ff8260b01c1661306b565b6601030001300008146131315750565b770100000000000000000000000000000000000000000000007fffffffffffffffff00ffffffffffffffffffffffffffffffffffffffffffffff825416179055565b91907f7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a084116131f7579160209360809260ff5f9560405194855216868401526040830152606082015282805260015afa1561236a575f5173ffffffffffffffffffffffffffffffffffffffff8116156131ed57905f905f90565b505f906001905f90565b5050505f916003919056fea2646970667358221220a78a9d5b41d1470fdb56ea3545fb5bdc8ed54fcc7d3471fca489b5906aa3620d64736f6c63430008250033",
} as const;
