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
        "name": "actual",
        "type": "address"
      }
    ],
    "name": "GatewayRegistryDuplicateBackup",
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
      },
      {
        "internalType": "address",
        "name": "actual",
        "type": "address"
      }
    ],
    "name": "GatewayRegistryRevokedBackup",
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
    "name": "GatewayRegistryTooManyBackups",
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
    "name": "GatewayRegistryTooSoon",
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
    "name": "GatewayRegistryUnknownBackup",
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
    "name": "GatewayRegistryWrongEpoch",
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
        "internalType": "bytes32",
        "name": "gatewayId",
        "type": "bytes32"
      },
      {
        "indexed": false,
        "internalType": "address[]",
        "name": "backups",
        "type": "address[]"
      },
      {
        "indexed": false,
        "internalType": "uint32",
        "name": "takeoverInterval",
        "type": "uint32"
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
    "name": "BackupsSet",
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
        "internalType": "address",
        "name": "former",
        "type": "address"
      },
      {
        "indexed": false,
        "internalType": "bool",
        "name": "planned",
        "type": "bool"
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
      },
      {
        "indexed": false,
        "internalType": "bytes32",
        "name": "formerR",
        "type": "bytes32"
      },
      {
        "indexed": false,
        "internalType": "bytes32",
        "name": "formerVs",
        "type": "bytes32"
      }
    ],
    "name": "PrimaryChanged",
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
          },
          {
            "internalType": "uint32",
            "name": "takeoverInterval",
            "type": "uint32"
          },
          {
            "internalType": "uint32",
            "name": "takeoverBlock",
            "type": "uint32"
          },
          {
            "internalType": "address[]",
            "name": "backups",
            "type": "address[]"
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
        "name": "gatewayId",
        "type": "bytes32"
      },
      {
        "internalType": "uint32",
        "name": "expectedEpoch",
        "type": "uint32"
      },
      {
        "internalType": "address",
        "name": "key",
        "type": "address"
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
      },
      {
        "internalType": "bytes32",
        "name": "formerR",
        "type": "bytes32"
      },
      {
        "internalType": "bytes32",
        "name": "formerVs",
        "type": "bytes32"
      }
    ],
    "name": "handover",
    "outputs": [],
    "stateMutability": "nonpayable",
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
        "internalType": "address[]",
        "name": "backups",
        "type": "address[]"
      },
      {
        "internalType": "uint32",
        "name": "takeoverInterval",
        "type": "uint32"
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
    "name": "setBackups",
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
        "internalType": "address",
        "name": "key",
        "type": "address"
      }
    ],
    "name": "standingOf",
    "outputs": [
      {
        "internalType": "enum IGatewayRegistry.Standing",
        "name": "",
        "type": "uint8"
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
        "internalType": "uint32",
        "name": "expectedEpoch",
        "type": "uint32"
      },
      {
        "internalType": "address",
        "name": "key",
        "type": "address"
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
    "name": "takeover",
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
  bytecode: "0x610160604052346101275760405161001860408261012b565b60078152602081019066476174656c6f6760c81b82526040519161003d60408461012b565b600183526020830191603160f81b835261005681610162565b6101205261006384610162565b61014052519020918260e05251902080610100524660a0526040519060208201927f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f8452604083015260608201524660808201523060a082015260a081526100cc60c08261012b565b5190206080523060c05260405161422c90816101ce823960805181613e97015260a05181613f54015260c05181613e68015260e05181613ee601526101005181613f0c015261012051816110e30152610140518161110c0152f35b5f80fd5b601f909101601f19168101906001600160401b0382119082101761014e57604052565b634e487b7160e01b5f52604160045260245ffd5b601f81511161018d57602081519101516020821061017e571790565b5f198260200360031b1b161790565b604460209160405192839163305a27a960e01b83528160048401528051918291826024860152018484015e5f828201840152601f01601f19168101030190fdfe6080806040526004361015610012575f80fd5b5f3560e01c90816294d7a71461248c575080630b804aca1461244957806319523fe0146124105780631f5a411e146123a05780632d2c9770146120a457806332e3883e14611d5c5780634b55a6e614611b1357806350ce2cb314611ad65780635a79689514611a89578063688d82bd1461174657806368dc30101461170f5780636ab2ccc3146115a05780636f275f621461155b5780637f48dc7b14611323578063843d8b76146111df57806384b0196e146110cb578063ad6a6a8914610ffc578063bf31d11f14610fc5578063d3b8fe9b14610f92578063d79bae8514610de9578063e1f0cce8146107dd578063ebe38378146105ef5763ff8d5a7514610118575f80fd5b346105eb5760c06003193601126105eb5760043560243567ffffffffffffffff81116105eb5761014c9036906004016125de565b61015461259b565b9161015d612588565b936084359260a435825f52600260205260405f209461017d888786612d95565b6001600160a01b03865416600884116105b6575f5b8481106104ee57505060405197602089018099879a5f5b8781106104c557506001600160a01b039b50848b93836101d6610246958a9503601f19810183528261268e565b51902063ffffffff806040519660208801937fcf7bfcc3071558320f3a09a14ed2525bce7559a58fb4c9057595ddf70f09115985528d60408a01526060890152169687608088015216948560a082015260a0815261023560c08261268e565b51902060018c019d8e54168a612c12565b61024f88612e32565b91865f526003602052600260405f2099019961026a8b612b29565b9b5f5b8d518110156102c857806001600160a01b038f61028d6001948392613527565b5116165f528c60205260405f20827fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff008254161790550161026d565b508b8b8b5f5b8b80821061046f5791505067ffffffffffffffff91501161044257680100000000000000008911610442578054898255808a10610418575b508a905f5260205f20905f5b8a81106103fd575050509061036a91907fffffffffffffffff00000000ffffffffffffffffffffffffffffffffffffffff77ffffffff000000000000000000000000000000000000000083549260a01b169116179055565b604051958060c0880160c089525260e0870198905f5b8181106103d557897f10b6070cb172620d8c8953a7f1ad1f0b498c1e43a343b29d4991f53ae0dc7c978a808e8c8c63ffffffff8d8d8d60208801526040870152166060850152608084015260a08301520390a2005b9091996020806001926001600160a01b036103ef8f612546565b168152019b01929101610380565b600190602061040b8461378d565b9301928185015501610312565b815f52898060205f20019103905f5b828110610435575050610306565b5f82820155600101610427565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52604160045260245ffd5b61048c610487836001600160a01b039360019661377d565b61378d565b165f528260205260405f207fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff008154169055018c906102ce565b906020806001928f6104de6001600160a01b0391612546565b168152019d0191019b909b6101a9565b6001600160a01b0361050461048783888b61377d565b16801580156105ad575b61057e575f5b86898483106105295750505050600101610192565b6105406104878486946001600160a01b039461377d565b161461054e57600101610514565b50867f9e6175fb000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b867fa662c4e0000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b5082811461050e565b83857f6506466d000000000000000000000000000000000000000000000000000000005f52600452600860245260445260645ffd5b5f80fd5b346105eb5760206003193601126105eb57600435606060e060405161061381612671565b5f81525f60208201525f60408201525f838201525f60808201525f60a08201525f60c08201520152610659815f52600260205263ffffffff60405f205460a01c16151590565b156107b2575f52600260205260405f20600181015481546040519061067d82612671565b6001600160a01b038316825260208201926001600160a01b038216845260408301948260a01c63ffffffff16865260608401928060c01c63ffffffff168452608085019060e01c815260a08501918360a01c63ffffffff16835260c086019360c01c63ffffffff1684526002016106f390612b29565b9360e0860194855260405197889760208952610120890197516001600160a01b031660208a0152516001600160a01b031660408901525163ffffffff1660608801525163ffffffff1660808701525163ffffffff1660a08601525163ffffffff1660c08501525163ffffffff1660e08401525190610100830161010090528151809152610140830191602001905f5b818110610790575050500390f35b82516001600160a01b0316845285945060209384019390920191600101610782565b7f2e68fcb6000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b346105eb5760806003193601126105eb5760043567ffffffffffffffff81116105eb5760a060031982360301126105eb576108166125ae565b61082282600401612aa5565b916fffffffffffffffffffffffffffffffff1983165f52600560205260405f209263ffffffff845416610daa5761085b82600401612aa5565b926fffffffffffffffffffffffffffffffff1961087e6084850185600401612ad8565b95905016938415610d5a576108008111610d2957506024830135604484013514610cd957604483013515938415610c8d5767ffffffffffffffff6108c460648601612ac3565b16155b15610c3e57508315938480610c15575b610be557602095610ad2916108ee60648701612ac3565b6109086109016084890189600401612ad8565b3691612bcc565b8981519101206040519067ffffffffffffffff8b83019360248b0135855260448b0135604085015216606083015260808201526080815261094a60a08261268e565b5190206fffffffffffffffffffffffffffffffff1961096b88600401612aa5565b165f52885260405f20966109d96040518a8101907f23179af1f3d7e85e656bccf074e8010676561490080db2c348534184c478322082528a604082015263ffffffff88166060820152606081526109c360808261268e565b60643591604435915190208860248c0135612cc0565b67ffffffff00000000438a1b169063900000008217895f5260248901358b5260405f205f5260068b5260405f2055610bc0575b5081547fffffffffffffffffffffffffffffffffffffffffffffffffffffffff00000000164363ffffffff16178255610a4760648701612ac3565b7fffffffffffffffffffffffff0000000000000000ffffffffffffffffffffffff73ffffffffffffffff00000000000000000000000084549260601b1691161782555f14610b7d5780547fffffffffffffff00ffffffffffffffffffffffffffffffffffffffffffffffff167801000000000000000000000000000000000000000000000000179055565b7f388c0a9798d93255c933f7fc63ca458c50df5876cb6a1076082f6c3d9e968276610b41610b0260648601612ac3565b9263ffffffff610b186084880188600401612ad8565b91909267ffffffffffffffff60405197168752168986015260a0604086015260a0850191612634565b9160443560608201526064356080820152806fffffffffffffffffffffffffffffffff19602460448801359701359516930390a4604051908152f35b80547fffffffffffffff00ffffffffffffffffffffffffffffffffffffffffffffffff167802000000000000000000000000000000000000000000000000179055565b635000000017875f526044870135895260405f205f526006895260405f205588610a0c565b6044847f2e68fcb6000000000000000000000000000000000000000000000000000000005f52013560045260245ffd5b50610c3860448501355f52600260205263ffffffff60405f205460a01c16151590565b156108d7565b7fcbd7bbde000000000000000000000000000000000000000000000000000000005f526004527f646561646c696e6500000000000000000000000000000000000000000000000060245260445ffd5b60648401610c9a81612ac3565b67ffffffffffffffff429116119081610cb4575b506108c7565b661fffffffffffff9150610cd067ffffffffffffffff91612ac3565b16111587610cae565b837fcbd7bbde000000000000000000000000000000000000000000000000000000005f526004527f64657374696e6174696f6e47617465776179496400000000000000000000000060245260445ffd5b7f395fa878000000000000000000000000000000000000000000000000000000005f5261080060045260245260445ffd5b847fcbd7bbde000000000000000000000000000000000000000000000000000000005f526004527f73657373696f6e4964000000000000000000000000000000000000000000000060245260445ffd5b6fffffffffffffffffffffffffffffffff19907f6ea87f8a000000000000000000000000000000000000000000000000000000005f521660045260245ffd5b346105eb5760206003193601126105eb576fffffffffffffffffffffffffffffffff19610e146124d7565b5f610100604051610e2481612654565b8281528260208201528260408201528260608201528260808201528260a08201528260c08201528260e08201520152165f52600560205260405f2060405190610e6c82612654565b5463ffffffff811682526020820163ffffffff8260201c168152604083019163ffffffff8160401c168352606084019367ffffffffffffffff8260601c16855260ff8260a01c169260808201946003851015610f6557610f438667ffffffffffffffff6101209960ff9863ffffffff9a528960a08801958a8a60a81c16151587528160c08a01988c8c60b01c1615158a5260e08b019a8d8d60b81c1615158c528d61010082019d60c01c168d526040519e8f9151169052511660208d0152511660408b0152511660608901525160808801906124f7565b51151560a086015251151560c085015251151560e08401525116610100820152f35b7f4e487b71000000000000000000000000000000000000000000000000000000005f52602160045260245ffd5b346105eb5760206003193601126105eb576004355f526002602052602063ffffffff60405f205460a01c16604051908152f35b346105eb5760a06003193601126105eb57610ffa610fe16125ae565b610fe961251a565b90608435916064359160043561291e565b005b346105eb5760806003193601126105eb576110156125ae565b60643567ffffffffffffffff81116105eb576110359036906004016125de565b90916004355f52600460205263ffffffff600160405f200191165f5260205260405f20548015159182611070575b6020836040519015158152f35b909150604435905f905b80821061108f57505060209250148280611063565b909161109c83838761377d565b3590818110156110ba575f52602052600160405f205b92019061107a565b905f52602052600160405f206110b2565b346105eb575f6003193601126105eb576111836111077f0000000000000000000000000000000000000000000000000000000000000000613e07565b6111307f0000000000000000000000000000000000000000000000000000000000000000613e07565b602061119160405192611143838561268e565b5f84525f3681376040519586957f0f00000000000000000000000000000000000000000000000000000000000000875260e08588015260e087019061260f565b90858203604087015261260f565b4660608501523060808501525f60a085015283810360c08501528180845192838152019301915f5b8281106111c857505050500390f35b8351855286955093810193928101926001016111b9565b346105eb5760a06003193601126105eb5760043560243567ffffffffffffffff81116105eb576112347f8d78f4430be72ca2b98dd39b5c660b5c49548aeb823661725825792c822485c891369060040161255a565b61123c61259b565b60643560843590865f52600260205263ffffffff6112f160405f2061126286828c612d95565b61126c878b612b7c565b6112ec85858c6001600160a01b0360018601541661128c8d8d3691612bcc565b60208151910120886040519c8d92606060208501947fdbe81b2c7105b3b6d7015360fc303b64258bc58bcb2f85b8afb4b9cb394eb73e86528760408201520152169b8c6080820152608081526112e360a08261268e565b51902091612c12565b612e32565b61130860405197889760a0895260a0890191612634565b946020870152166040850152606084015260808301520390a2005b346105eb5760e06003193601126105eb5760043561133f6125ae565b60443561134a612588565b6113526125c1565b60a4359060c435928415801561154d575b61151357865f52600460205260405f209485549563ffffffff8088169816978089106114d05780890361149c578987876040519760208901977f93d63f96688c709c49f32a996ca5472a9d78cfb7843f0965d0ab05a7d5c76c8189528460408b01528d60608b01528760808b015263ffffffff16978860a08b015263ffffffff8216998a60c082015260c081526113fb60e08261268e565b5190209061140894612cc0565b611411906128ee565b815467ffffffffffffffff191663ffffffff91909116174360201b67ffffffff0000000016178155875f526001016020528060405f2055604051968752602087015260408601526060850152608084015260a083015260201c63ffffffff1660c082015260e07f18acfdc51f0a9a0d3a4edf78540880b08fe8b191f9a39d55cf978e74e2fc93a491a2005b88908a7f77304ae2000000000000000000000000000000000000000000000000000000005f5260045260245260445260645ffd5b8989600184825f520160205260405f2054917fadf17c24000000000000000000000000000000000000000000000000000000005f5260045260245260445260645ffd5b63ffffffff9085887f7e9d9a2d000000000000000000000000000000000000000000000000000000005f526004526024521660445260645ffd5b5063ffffffff811615611363565b346105eb5760406003193601126105eb576115746125ae565b6004355f52600460205263ffffffff600160405f200191165f52602052602060405f2054604051908152f35b346105eb5760206003193601126105eb5760043567ffffffffffffffff81116105eb576115d19036906004016125de565b9081905f5b8381106115e857602083604051908152f35b6115f3818584612874565b6115fc81613407565b156116c7575061160d818584613422565b9061161a8282878661353b565b8051611628575b50506115d6565b909361163e9061163886856128e1565b906128e1565b935b8281101561162157806116566001928887612874565b61165f81612aa5565b907f10cf4fe68a911ec3063fbf3ac129f752ee54edb8d839f7f98a41d4825312f1506fffffffffffffffffffffffffffffffff196040805193606081013585528660208601526060828601520135931691806116be606082018961260f565b0390a301611640565b90600181018082116116e2576116dd909261320e565b61161a565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52601160045260245ffd5b346105eb5760406003193601126105eb57602061173561172d612530565b6004356127f0565b60405190611742816125d4565b8152f35b346105eb5760e06003193601126105eb5761175f6124d7565b60443590606435600381101590816105eb576117796125c1565b9260a4356fffffffffffffffffffffffffffffffff1960c435921695865f52600560205260405f209485549663ffffffff881615611a5d5767ffffffffffffffff8860601c16918215611a315760ff8960a01c166003811015610f655780611a025750895f5260243560205260405f2093845f528060205260405f205f526006602052638000000060405f205416156119d35763ffffffff83169487878715938415946119c9575b84156119bf575b84611951575b5050505061183f919250878961331d565b91611849836125d4565b82156118f95750610f65577fffffffffffffffffffffff00ffffffffffffffffffffffff00000000ffffffff90961660a085811b74ff000000000000000000000000000000000000000016919091174360201b67ffffffff0000000016179095557f1316baea5bbe241beaf3929f3d243358378389189e3cedca736304749a252ce9956118d960405180966124f7565b6118e2816125d4565b6020850152604084015260608301526080820152a2005b8960a49160ff8b604051937f368562030000000000000000000000000000000000000000000000000000000085526004850152818160a81c161515602485015260b81c16151560448301526064820152426084820152fd5b61183f95506119b593965f978d60ff6040519160208301937f0e292e58cd44e1c5d8caef4955dbf0f61583e17517d2c4b6d7b0c314fba85078855260408401521660608201528b6080820152608081526119ac60a08261268e565b51902091612cc0565b829187878e61182e565b8215159450611828565b8115159450611821565b847f606de7e8000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b8a7f8d71eff7000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b897f22438c1f000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b887fa8f5e908000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b346105eb5760206003193601126105eb5760043567ffffffffffffffff81116105eb5761012060031982360301126105eb57611ac79060040161320e565b80519081611ad157005b602001fd5b346105eb5760e06003193601126105eb57610ffa611af26125ae565b611afa61251a565b9060c4359160a4359160843591606435916004356126c8565b346105eb5760a06003193601126105eb57600435611b2f612530565b90611b3861259b565b9160643560843590835f52600260205260405f2092611b58868587612d95565b6001600160a01b0381169586158015611d49575b611d19579163ffffffff8492869489611c0260c098868c6001600160a01b0360017f0c763966e767f2ecedd6118bebb2368da5883fd4c38d0fee7a466b24127da4a49e015416604051968960208901917f6e8d7db5d8e62dd881828f62b4ceb85280c4baf4b904e6dcfd4db3498098771983528460408b01528860608b01521697886080820152608081526112e360a08261268e565b611c15611c0e88612e32565b9388612f0a565b5f8a815260036020908152604080832084845290915280822080547fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff0090811690915589546001600160a01b0316835291208054909116600117905586547fffffffffffffffffffffffff0000000000000000000000000000000000000000168117808855611cf490611cab9060a01c86166126b1565b88547fffffffffffffffff00000000ffffffffffffffffffffffffffffffffffffffff1660a082901b77ffffffff00000000000000000000000000000000000000001617909855565b836040519716875260208701526040860152166060840152608083015260a0820152a2005b86867fa662c4e0000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b506001600160a01b038554168714611b6c565b346105eb576101006003193601126105eb57611d766124d7565b604435611d81612588565b906084359160a43563ffffffff8116948582036105eb5760c4356fffffffffffffffffffffffffffffffff1960e435921696875f5260243560205260405f2096875f528660205260405f205f52600660205260405f20805495861561207457631000000087161561203a5763ffffffff630fffffff881698169780890361200a575067ffffffffffffffff198716908167ffffffffffffffff19851603611fda57937f14573f38e8c0d9d785ab32458f57de1afed4278b111ec9fd7422b066f0b4ffdc97938793632000000088948f9c998f9b8f91611ebc9263ffffffff9c60c09f8f6040519060208201927f41ca42f91e5b5c18d082ff84b02383169574baac0e3d4c6d684c0f3f38a139188452604083015284606083015260808201528a60a082015260c08c9082015260c081526119ac60e08261268e565b63cfffffff88169067ffffffff000000004360201b161717179055604051968752602087015260408601526060850152608084015260201c1660a0820152a3815f52600560205260405f2060ff815460c01c1680156116e2575f1960ff9101611f6a8184907fffffffffffffff00ffffffffffffffffffffffffffffffffffffffffffffffff78ff00000000000000000000000000000000000000000000000083549260c01b169116179055565b1615611f7257005b7fde0c3aedf2bee0cd256c736fd17102d4c36defae82bcbb7c6fe27d0f5aa2cb419181602092547fffffffffffffffffffffffffffffffffffffffff00000000ffffffffffffffff6bffffffff00000000000000004360401b169116179055604051908152a2005b83827f9a3f45a7000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b88907f72433f66000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b630fffffff878a8c7fb88e6c88000000000000000000000000000000000000000000000000000000005f526004526024521660445260645ffd5b888a7f606de7e8000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b346105eb5760c06003193601126105eb576004356001600160a01b0381168082036105eb5760243567ffffffffffffffff81116105eb576120e990369060040161255a565b91906120f361251a565b9260643567ffffffffffffffff81116105eb5761211490369060040161255a565b906084359160a43591604051602081019088825260408082015261214e81612140606082018a8c612634565b03601f19810183528261268e565b51902097612170895f52600260205263ffffffff60405f205460a01c16151590565b612374578515801561236a575b612335576001600160a01b0390612194848b612b7c565b16988915612305576020998593859361224989978b998e6122ef978f829f7f1f3338ada6d0fb172fafd890a3f5348b5076a4926780095a353570cb0a23189b9f906121e0913691612bcc565b602081519101206121f2368a8a612bcc565b602081519101206040519160208301937f7c8d730c4270e6f3e52fe2ce9ff713b0e1133bcb744530ed4024b656dd7bb9368552604084015260608301528a608083015260a082015260a081526112e360c08261268e565b5f8a815260028e5260409081902078010000000100000000000000000000000000000000000000007fffffffff000000000000000000000000000000000000000000000000000000004360e01b16861717815560010180547fffffffffffffffffffffffff0000000000000000000000000000000000000000168d1790555160a0808252909889986122dd928a0191612634565b928d8801528683036040880152612634565b91606084015260808301520390a3604051908152f35b89897fa662c4e0000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b85897f1fb3f571000000000000000000000000000000000000000000000000000000005f52600452604060245260445260645ffd5b506040861161217d565b887fd16b4fed000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b346105eb576123ae36612504565b905f5260205260405f205f52600660205260a060405f2054632000000060405191630fffffff8116835267ffffffffffffffff198116602084015263ffffffff8160201c16604084015263100000008116151560608401521615156080820152f35b346105eb5760206003193601126105eb576004355f5260046020526040805f205463ffffffff825191818116835260201c166020820152f35b346105eb5761245736612504565b905f5260205260405f205f5260066020526040805f205467ffffffffffffffff19825191630fffffff81168352166020820152f35b346105eb5760206003193601126105eb576020906fffffffffffffffffffffffffffffffff196124ba6124d7565b165f52600582526124d58160ff60405f205460a01c166124f7565bf35b600435906fffffffffffffffffffffffffffffffff19821682036105eb57565b906003821015610f655752565b60031960409101126105eb576004359060243590565b604435906001600160a01b03821682036105eb57565b602435906001600160a01b03821682036105eb57565b35906001600160a01b03821682036105eb57565b9181601f840112156105eb5782359167ffffffffffffffff83116105eb57602083818601950101116105eb57565b6064359063ffffffff821682036105eb57565b6044359063ffffffff821682036105eb57565b6024359063ffffffff821682036105eb57565b6084359063ffffffff821682036105eb57565b60041115610f6557565b9181601f840112156105eb5782359167ffffffffffffffff83116105eb576020808501948460051b0101116105eb57565b90601f19601f602080948051918291828752018686015e5f8582860101520116010190565b601f8260209493601f1993818652868601375f8582860101520116010190565b610120810190811067ffffffffffffffff82111761044257604052565b610100810190811067ffffffffffffffff82111761044257604052565b90601f601f19910116810190811067ffffffffffffffff82111761044257604052565b63ffffffff1663ffffffff81146116e25760010190565b959193949094865f52600260205263ffffffff60405f20961693856126ef81878a8c612fed565b61275784848c604051809b82604060208401937f2f644bf03638384f623349f1e709b054ae677cd40262c6828085e06ba67a19fa8552015260608d01526001600160a01b0387169b8c60808201526080815261274c60a08261268e565b5190209b8c91612c12565b6127e5576001600160a01b036127aa63ffffffff928a6127a589898f9d7f9b00b8e9c8c52c5591d70c9b7015163727fee3bcda5cdbdc56e67b2ad799c1699f9e6101209f8990541690612c12565b61313b565b929198846040519a168a5260208a01521660408801526001606088015216608086015260a085015260c084015260e0830152610100820152a2565b505050505050505050565b805f52600260205260405f20916001600160a01b03811692831561286c576001600160a01b03815416841461286357600261282d910191826133b3565b90541161285c575f52600360205260405f20905f5260205260ff60405f2054165f1461285857600390565b5f90565b5050600290565b50505050600190565b505050505f90565b91908110156128b45760051b810135907ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffee1813603018212156105eb570190565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52603260045260245ffd5b919082039182116116e257565b63ffffffff60019116019063ffffffff82116116e257565b67ffffffffffffffff81116104425760051b60200190565b93929092845f52600260205263ffffffff60405f2094169161294284848789612fed565b8015612a82575b6129af83836040519660208801907fb3984e9615e62ef0ffeaed6083a3a412cee6bc23e22cbe0d1784bb96c16427d482528b60408a015260608901526001600160a01b03891697886080820152608081526129a560a08261268e565b519020888b612c12565b612a7a576001850180547fffffffff00000000ffffffffffffffffffffffffffffffffffffffffffffffff164360c01b7bffffffff000000000000000000000000000000000000000000000000161790557f9b00b8e9c8c52c5591d70c9b7015163727fee3bcda5cdbdc56e67b2ad799c169946101209463ffffffff916001600160a01b0391612a3e9161313b565b929196846040519816885260208801521660408601525f606086015216608084015260a083015260c08201525f60e08201525f610100820152a2565b505050505050565b612aa0600187015463ffffffff808260a01c169160c01c168961372a565b612949565b356fffffffffffffffffffffffffffffffff19811681036105eb5790565b3567ffffffffffffffff811681036105eb5790565b9035907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe1813603018212156105eb570180359067ffffffffffffffff82116105eb576020019181360383136105eb57565b90604051918281549182825260208201905f5260205f20925f5b818110612b5a575050612b589250038361268e565b565b84546001600160a01b0316835260019485019487945060209093019201612b43565b81158015612bc1575b612b8d575050565b7f1fb3f571000000000000000000000000000000000000000000000000000000005f5260045261040060245260445260645ffd5b506104008211612b85565b92919267ffffffffffffffff82116104425760405191612bf6601f8201601f19166020018461268e565b8294818452818301116105eb578281602093845f960137010152565b93612c6c906001600160a01b039394612c67859496612c2f613e5e565b604291604051917f19010000000000000000000000000000000000000000000000000000000000008352600283015260228201522090565b613f7a565b50509216911691818314801590612cb8575b612c8757505050565b7f63ed8866000000000000000000000000000000000000000000000000000000005f5260045260245260445260645ffd5b508215612c7e565b939291906001600160a01b03612cf4865f52600260205260405f20549063ffffffff6001600160a01b0383169260a01c1690565b91169586156107b2575063ffffffff9182169116808203612d6757505091612d2a91612c676001600160a01b0394612c2f613e5e565b50501690808203612d39575050565b7ffe17011e000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b7fc911cc28000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b9190612db5835f52600260205263ffffffff60405f205460a01c16151590565b15612e065763ffffffff80915460c01c16911691818303612dd557505050565b7fc4762d66000000000000000000000000000000000000000000000000000000005f5260045260245260445260645ffd5b827f2e68fcb6000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b80547bffffffffffffffffffffffffffffffffffffffffffffffffffffffff81164360e090811b7fffffffff00000000000000000000000000000000000000000000000000000000169190911783551c9190612b5890612e9b63ffffffff825460c01c166126b1565b7fffffffff00000000ffffffffffffffffffffffffffffffffffffffffffffffff7bffffffff00000000000000000000000000000000000000000000000083549260c01b169116179055565b5f1981146116e25760010190565b80548210156128b4575f5260205f2001905f90565b60020190612f1a825491836133b3565b92818414612fe757925b60018101908181116116e25782821015612f8b57612f816001600160a01b03612f50612f869487612ef5565b90549060031b1c16612f628387612ef5565b9091906001600160a01b038084549260031b9316831b921b1916179055565b612ee7565b612f24565b50505080548015612fba575f190190612fa48282612ef5565b6001600160a01b0382549160031b1b1916905555565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52603160045260245ffd5b92505050565b929093919380549463ffffffff8660a01c16801561310f576001600160a01b0380851697168714806130fc575b6130f0578181036130be5750506002613035910191826133b3565b9054116130b75750805f52600360205260405f20825f5260205260ff60405f205416613089577f5f4980c5000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b7f80a61f7f000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b9150505f90565b857ff974674e000000000000000000000000000000000000000000000000000000005f5260045260245260445260645ffd5b50505050915050600190565b50600182018083116116e257811461301a565b857f2e68fcb6000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b805491926001600160a01b0383169260e01c916131588582612f0a565b6002810180546801000000000000000081101561044257612f62816131839360018994018155612ef5565b6001600160a01b0361319e63ffffffff835460a01c166128ee565b82547bffffffff000000000000000000000000000000000000000000000000167fffffffff000000000000000000000000000000000000000000000000000000004360e01b161777ffffffff000000000000000000000000000000000000000060a083901b161791909616179055565b63ffffffff9161322160c0830183612ad8565b6fffffffffffffffffffffffffffffffff1961323c85612aa5565b165f52602084013560205260405f2090604085013592825f528360205260405f205f52600660205260405f20956132a36132968854965f52600260205260405f20549063ffffffff6001600160a01b0383169260a01c1690565b90991686868686866137a1565b8051613311575060205f6040518585823780868101838152039060025afa15613306576132de6132d65f51809684613a61565b988983613bc9565b9687516132fb576132f4612b5897989987613cae565b9055613cde565b505050505050915090565b6040513d5f823e3d90fd5b96505050505050915090565b906003811015610f65576002810361336a575090613364575460ff8160b01c1661335e5760601c67ffffffffffffffff16421015613359575f90565b600390565b50600290565b50600190565b600114613378575b50505f90565b816133a4575b81613395575b50613390575f80613372565b600190565b60ff91505460b81c165f613384565b805460a81c60ff16915061337e565b805492915f5b848110806133db575b156133d5576133d090612ee7565b6133b9565b93505050565b506001600160a01b036133ee8285612ef5565b90549060031b1c166001600160a01b03831614156133c2565b60e0810135159081613417575090565b610100915001351590565b919061342f828285612874565b91600181018091116116e2575b81811080613503575b156134fc57613455818386612874565b61345e81612aa5565b6fffffffffffffffffffffffffffffffff198061347a87612aa5565b16911614908115916134e8575b81156134d4575b81156134af575b506134a8576134a390612ee7565b61343c565b9250505090565b63ffffffff91506060013560281c1663ffffffff606085013560281c1614155f613495565b90506040840135604082013514159061348e565b905060208401356020820135141590613487565b9392505050565b505f1981018181116116e25761351d613522918487612874565b613407565b613445565b80518210156128b45760209160051b010190565b939291909361354b828683612874565b916fffffffffffffffffffffffffffffffff1961356784612aa5565b165f52602083013560205260405f2090604084013596825f528760205260405f205f52600660205260405f209363ffffffff8554966135c5889b5f52600260205260405f20549063ffffffff6001600160a01b0383169260a01c1690565b90925f9291166135d5878c6128e1565b97601f196135fb6135e58b612906565b9a6135f36040519c8d61268e565b808c52612906565b013660208b013787915b8c8310613685575050509061361a9291613bc9565b98895161367b578690955582945b878610613639575050505050505050565b61367090613648878585612874565b61365560c0820182612ad8565b90613669613663898c6128e1565b8a613527565b5192613cde565b600186950194613628565b5050505050505050565b919a935091506136968a8787612874565b9160c083016136b28386846136ab8589612ad8565b90896137a1565b805161371957505f6136c660209286612ad8565b908160405192839283378101838152039060025afa156133065760016137118c8a968c61370b5f51916137056136fd848a8d613a61565b9b8c966128e1565b90613527565b52613cae565b9b0191613605565b9e5050505050505050505050505050565b909182156137785782018092116116e257814310613746575050565b7f038b8e46000000000000000000000000000000000000000000000000000000005f526004526024524360445260645ffd5b505050565b91908110156128b45760051b0190565b356001600160a01b03811681036105eb5790565b9295949050606095868401359260ff8460f01c1660018560f81c149081613a55575b81613a49575b5080613a38575b80613a15575b156139cf57614000811161398157506310000000851615613972575063ffffffff8260281c1681810361392857505063ffffffff630fffffff84169160081c168181036138df5750630fffffff811461389c575060a067ffffffffffffffff199101359116908167ffffffffffffffff19821603613852575050565b90919250604051917f9a3f45a7000000000000000000000000000000000000000000000000000000006020840152602483015260448201526044815261389960648261268e565b90565b9293505050604051907ffc8cbbfb00000000000000000000000000000000000000000000000000000000602083015260248201526024815261389960448261268e565b925092935050604051917f72433f66000000000000000000000000000000000000000000000000000000006020840152602483015260448201526044815261389960648261268e565b93509394505050604051917fc911cc28000000000000000000000000000000000000000000000000000000006020840152602483015260448201526044815261389960648261268e565b92915050613899939450613fb9565b9596505050505050604051907fe7066409000000000000000000000000000000000000000000000000000000006020830152614000602483015260448201526044815261389960648261268e565b5050509293505050604051907f3791fa8400000000000000000000000000000000000000000000000000000000602083015260248201526024815261389960448261268e565b5078ffe0000000000000ffe00000000000000000000000000000ff8416156137d6565b50600260ff8560e81c1611156137d0565b6005915011155f6137c9565b600181101591506137c3565b9060a06042939260608101359367ffffffffffffffff613a8083612aa5565b95604051956fffffffffffffffffffffffffffffffff1960208801987fae78e57a2430210aa261d78a6a812484696d78c687f9bbb23fc86fd352c2c5898a528360f81c60408a0152166060880152608087015260408401358587015263ffffffff8160281c1660c087015263ffffffff8160081c1660e0870152818160481c1661010087015261ffff8160d81c1661012087015260ff8160f01c1661014087015260ff8160e81c1661016087015261ffff8160c81c1661018087015260881c166101a085015260808201356101c08501526101e084015201356102008201526102008152613b706102208261268e565b519020604051907f190100000000000000000000000000000000000000000000000000000000000082527f2e516e115d33ef1bb069ec7e0948701576e615d43581d7f7c1c32d4dcedfe472600283015260228201522090565b929190926001600160a01b0380613bee6060966101008501359060e086013590613f7a565b50509316921690828203613c0157505050565b9091929350613c0f81613407565b613c575750604051917ffe17011e000000000000000000000000000000000000000000000000000000006020840152602483015260448201526044815261389960648261268e565b91505063ffffffff606082013560081c1660408051927fe728ee390000000000000000000000000000000000000000000000000000000060208501520135602483015260448201526044815261389960648261268e565b63ffffffff1690600182018092116116e25767ffffffffffffffff19164360201b67ffffffff0000000016171790565b93927f24a92bd5206a4c0fc52501184aa639faa6c33cde681a207155335ff2b0be6b0f613d47613d0d87612aa5565b936060880135956040519487865260808a0135602087015260a08a0135604087015260608601526101006080860152610100850191612634565b9160e087013560a082015261010087013560c082015263ffffffff8660201c1660e0820152806fffffffffffffffffffffffffffffffff1960408901359516930390a360c81c66010401012f000681148015613df7575b8015613de7575b613dae57505050565b6fffffffffffffffffffffffffffffffff19613dcc612b5894612aa5565b165f526005602052638000000060405f20921615159161405b565b5066010300013000088114613da5565b5066010402012f00068114613d9e565b60ff811690601f8211613e365760405191613e2360408461268e565b6020808452838101919036833783525290565b7fb3512b0c000000000000000000000000000000000000000000000000000000005f5260045ffd5b6001600160a01b037f000000000000000000000000000000000000000000000000000000000000000016301480613f51575b15613eb9577f000000000000000000000000000000000000000000000000000000000000000090565b60405160208101907f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f82527f000000000000000000000000000000000000000000000000000000000000000060408201527f000000000000000000000000000000000000000000000000000000000000000060608201524660808201523060a082015260a08152613f4b60c08261268e565b51902090565b507f00000000000000000000000000000000000000000000000000000000000000004614613e90565b90613fb2929160ff601b7f7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff851694821c011690614174565b9192909190565b90918015614013576040630fffffff928151947fb88e6c880000000000000000000000000000000000000000000000000000000060208701526024860152013560448401521660648201526064815261389960848261268e565b506040908151927f606de7e80000000000000000000000000000000000000000000000000000000060208501526024840152013560448201526044815261389960648261268e565b916141225781549060ff8260a81c168015614115575b6137785766010401012f000681036140c557505075010000000000000000000000000000000000000000007fffffffffffffffffffff00ffffffffffffffffffffffffffffffffffffffffff825416179055565b66010402012f0006146140d6575050565b7fffffffffffffffffff00ffffffffffffffffffffffffffffffffffffffffffff16760100000000000000000000000000000000000000000000179055565b5060ff8260b01c16614071565b6601030001300008146141325750565b770100000000000000000000000000000000000000000000007fffffffffffffffff00ffffffffffffffffffffffffffffffffffffffffffffff825416179055565b91907f7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a084116141eb579160209360809260ff5f9560405194855216868401526040830152606082015282805260015afa15613306575f516001600160a01b038116156141e157905f905f90565b505f906001905f90565b5050505f916003919056fea2646970667358221220e57c4e949a9a68d3ab724648220a9260cb55c37678fbad9fbb2e113056477f9b64736f6c63430008250033",
} as const;
