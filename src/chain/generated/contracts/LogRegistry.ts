// Generated from contracts/LogRegistry.sol by `npm run generate`. Do not edit.

import type { JsonFragment } from "ethers";

const abi: readonly JsonFragment[] = [
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "target",
        "type": "address"
      }
    ],
    "name": "AddressEmptyCode",
    "type": "error"
  },
  {
    "inputs": [],
    "name": "FailedCall",
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
        "internalType": "bytes[]",
        "name": "data",
        "type": "bytes[]"
      }
    ],
    "name": "multicall",
    "outputs": [
      {
        "internalType": "bytes[]",
        "name": "results",
        "type": "bytes[]"
      }
    ],
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
  bytecode: "0x610160604052346101275760405161001860408261012b565b60078152602081019066476174656c6f6760c81b82526040519161003d60408461012b565b600183526020830191603160f81b835261005681610162565b6101205261006384610162565b61014052519020918260e05251902080610100524660a0526040519060208201927f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f8452604083015260608201524660808201523060a082015260a081526100cc60c08261012b565b5190206080523060c05260405161447390816101ce8239608051816140de015260a0518161419b015260c051816140af015260e0518161412d0152610100518161415301526101205181611270015261014051816112990152f35b5f80fd5b601f909101601f19168101906001600160401b0382119082101761014e57604052565b634e487b7160e01b5f52604160045260245ffd5b601f81511161018d57602081519101516020821061017e571790565b5f198260200360031b1b161790565b604460209160405192839163305a27a960e01b83528160048401528051918291826024860152018484015e5f828201840152601f01601f19168101030190fdfe6080806040526004361015610012575f80fd5b5f3560e01c90816294d7a714612619575080630b804aca146125d657806319523fe01461259d5780631f5a411e1461252d5780632d2c97701461223157806332e3883e14611ee95780634b55a6e614611ca057806350ce2cb314611c635780635a79689514611c16578063688d82bd146118d357806368dc30101461189c5780636ab2ccc31461172d5780636f275f62146116e85780637f48dc7b146114b0578063843d8b761461136c57806384b0196e14611258578063ac9650d8146110d6578063ad6a6a8914611007578063bf31d11f14610fd0578063d3b8fe9b14610f9d578063d79bae8514610df4578063e1f0cce8146107e8578063ebe38378146105fa5763ff8d5a7514610123575f80fd5b346105f65760c06003193601126105f65760043560243567ffffffffffffffff81116105f65761015790369060040161276b565b61015f612728565b91610168612715565b936084359260a435825f52600260205260405f2094610188888786612f36565b6001600160a01b03865416600884116105c1575f5b8481106104f957505060405197602089018099879a5f5b8781106104d057506001600160a01b039b50848b93836101e1610251958a9503601f19810183528261281b565b51902063ffffffff806040519660208801937fcf7bfcc3071558320f3a09a14ed2525bce7559a58fb4c9057595ddf70f09115985528d60408a01526060890152169687608088015216948560a082015260a0815261024060c08261281b565b51902060018c019d8e54168a612db3565b61025a88612fd3565b91865f526003602052600260405f209901996102758b612d10565b9b5f5b8d518110156102d357806001600160a01b038f6102986001948392612b42565b5116165f528c60205260405f20827fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff0082541617905501610278565b508b8b8b5f5b8b80821061047a5791505067ffffffffffffffff91501161044d5768010000000000000000891161044d578054898255808a10610423575b508a905f5260205f20905f5b8a8110610408575050509061037591907fffffffffffffffff00000000ffffffffffffffffffffffffffffffffffffffff77ffffffff000000000000000000000000000000000000000083549260a01b169116179055565b604051958060c0880160c089525260e0870198905f5b8181106103e057897f10b6070cb172620d8c8953a7f1ad1f0b498c1e43a343b29d4991f53ae0dc7c978a808e8c8c63ffffffff8d8d8d60208801526040870152166060850152608084015260a08301520390a2005b9091996020806001926001600160a01b036103fa8f6126d3565b168152019b0192910161038b565b6001906020610416846139d4565b930192818501550161031d565b815f52898060205f20019103905f5b828110610440575050610311565b5f82820155600101610432565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52604160045260245ffd5b610497610492836001600160a01b03936001966139c4565b6139d4565b165f528260205260405f207fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff008154169055018c906102d9565b906020806001928f6104e96001600160a01b03916126d3565b168152019d0191019b909b6101b4565b6001600160a01b0361050f61049283888b6139c4565b16801580156105b8575b610589575f5b8689848310610534575050505060010161019d565b61054b6104928486946001600160a01b03946139c4565b16146105595760010161051f565b50867f9e6175fb000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b867fa662c4e0000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b50828114610519565b83857f6506466d000000000000000000000000000000000000000000000000000000005f52600452600860245260445260645ffd5b5f80fd5b346105f65760206003193601126105f657600435606060e060405161061e816127fe565b5f81525f60208201525f60408201525f838201525f60808201525f60a08201525f60c08201520152610664815f52600260205263ffffffff60405f205460a01c16151590565b156107bd575f52600260205260405f206001810154815460405190610688826127fe565b6001600160a01b038316825260208201926001600160a01b038216845260408301948260a01c63ffffffff16865260608401928060c01c63ffffffff168452608085019060e01c815260a08501918360a01c63ffffffff16835260c086019360c01c63ffffffff1684526002016106fe90612d10565b9360e0860194855260405197889760208952610120890197516001600160a01b031660208a0152516001600160a01b031660408901525163ffffffff1660608801525163ffffffff1660808701525163ffffffff1660a08601525163ffffffff1660c08501525163ffffffff1660e08401525190610100830161010090528151809152610140830191602001905f5b81811061079b575050500390f35b82516001600160a01b031684528594506020938401939092019160010161078d565b7f2e68fcb6000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b346105f65760806003193601126105f65760043567ffffffffffffffff81116105f65760a060031982360301126105f65761082161273b565b61082d82600401612cdd565b916fffffffffffffffffffffffffffffffff1983165f52600560205260405f209263ffffffff845416610db55761086682600401612cdd565b926fffffffffffffffffffffffffffffffff196108896084850185600401612af1565b95905016938415610d65576108008111610d3457506024830135604484013514610ce457604483013515938415610c985767ffffffffffffffff6108cf60648601612cfb565b16155b15610c4957508315938480610c20575b610bf057602095610add916108f960648701612cfb565b61091361090c6084890189600401612af1565b3691612aab565b8981519101206040519067ffffffffffffffff8b83019360248b0135855260448b0135604085015216606083015260808201526080815261095560a08261281b565b5190206fffffffffffffffffffffffffffffffff1961097688600401612cdd565b165f52885260405f20966109e46040518a8101907f23179af1f3d7e85e656bccf074e8010676561490080db2c348534184c478322082528a604082015263ffffffff88166060820152606081526109ce60808261281b565b60643591604435915190208860248c0135612e61565b67ffffffff00000000438a1b169063900000008217895f5260248901358b5260405f205f5260068b5260405f2055610bcb575b5081547fffffffffffffffffffffffffffffffffffffffffffffffffffffffff00000000164363ffffffff16178255610a5260648701612cfb565b7fffffffffffffffffffffffff0000000000000000ffffffffffffffffffffffff73ffffffffffffffff00000000000000000000000084549260601b1691161782555f14610b885780547fffffffffffffff00ffffffffffffffffffffffffffffffffffffffffffffffff167801000000000000000000000000000000000000000000000000179055565b7f388c0a9798d93255c933f7fc63ca458c50df5876cb6a1076082f6c3d9e968276610b4c610b0d60648601612cfb565b9263ffffffff610b236084880188600401612af1565b91909267ffffffffffffffff60405197168752168986015260a0604086015260a08501916127c1565b9160443560608201526064356080820152806fffffffffffffffffffffffffffffffff19602460448801359701359516930390a4604051908152f35b80547fffffffffffffff00ffffffffffffffffffffffffffffffffffffffffffffffff167802000000000000000000000000000000000000000000000000179055565b635000000017875f526044870135895260405f205f526006895260405f205588610a17565b6044847f2e68fcb6000000000000000000000000000000000000000000000000000000005f52013560045260245ffd5b50610c4360448501355f52600260205263ffffffff60405f205460a01c16151590565b156108e2565b7fcbd7bbde000000000000000000000000000000000000000000000000000000005f526004527f646561646c696e6500000000000000000000000000000000000000000000000060245260445ffd5b60648401610ca581612cfb565b67ffffffffffffffff429116119081610cbf575b506108d2565b661fffffffffffff9150610cdb67ffffffffffffffff91612cfb565b16111587610cb9565b837fcbd7bbde000000000000000000000000000000000000000000000000000000005f526004527f64657374696e6174696f6e47617465776179496400000000000000000000000060245260445ffd5b7f395fa878000000000000000000000000000000000000000000000000000000005f5261080060045260245260445ffd5b847fcbd7bbde000000000000000000000000000000000000000000000000000000005f526004527f73657373696f6e4964000000000000000000000000000000000000000000000060245260445ffd5b6fffffffffffffffffffffffffffffffff19907f6ea87f8a000000000000000000000000000000000000000000000000000000005f521660045260245ffd5b346105f65760206003193601126105f6576fffffffffffffffffffffffffffffffff19610e1f612664565b5f610100604051610e2f816127e1565b8281528260208201528260408201528260608201528260808201528260a08201528260c08201528260e08201520152165f52600560205260405f2060405190610e77826127e1565b5463ffffffff811682526020820163ffffffff8260201c168152604083019163ffffffff8160401c168352606084019367ffffffffffffffff8260601c16855260ff8260a01c169260808201946003851015610f7057610f4e8667ffffffffffffffff6101209960ff9863ffffffff9a528960a08801958a8a60a81c16151587528160c08a01988c8c60b01c1615158a5260e08b019a8d8d60b81c1615158c528d61010082019d60c01c168d526040519e8f9151169052511660208d0152511660408b015251166060890152516080880190612684565b51151560a086015251151560c085015251151560e08401525116610100820152f35b7f4e487b71000000000000000000000000000000000000000000000000000000005f52602160045260245ffd5b346105f65760206003193601126105f6576004355f526002602052602063ffffffff60405f205460a01c16604051908152f35b346105f65760a06003193601126105f657611005610fec61273b565b610ff46126a7565b906084359160643591600435612b56565b005b346105f65760806003193601126105f65761102061273b565b60643567ffffffffffffffff81116105f65761104090369060040161276b565b90916004355f52600460205263ffffffff600160405f200191165f5260205260405f2054801515918261107b575b6020836040519015158152f35b909150604435905f905b80821061109a5750506020925014828061106e565b90916110a78383876139c4565b3590818110156110c5575f52602052600160405f205b920190611085565b905f52602052600160405f206110bd565b346105f65760206003193601126105f65760043567ffffffffffffffff81116105f65761110790369060040161276b565b602091604051611117848261281b565b5f815283810190601f19850136833761112f84612a93565b9261113d604051948561281b565b848452601f1961114c86612a93565b01865f5b828110611249575050505f5b858110156111ce576001906111b26111ac61117c8360051b860186612af1565b91908b89846040519586948486013783018281015f81528b519283915e01015f815203601f19810183528261281b565b306138b7565b6111bc8288612b42565b526111c78187612b42565b500161115c565b604080518881528651818a018190525f92600582901b8301810191898c01918c9085015b8287106111ff5785850386f35b909192938280611239837fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc08a60019603018652885161279c565b96019201960195929190926111f2565b60608782018301528101611150565b346105f6575f6003193601126105f6576113106112947f000000000000000000000000000000000000000000000000000000000000000061404e565b6112bd7f000000000000000000000000000000000000000000000000000000000000000061404e565b602061131e604051926112d0838561281b565b5f84525f3681376040519586957f0f00000000000000000000000000000000000000000000000000000000000000875260e08588015260e087019061279c565b90858203604087015261279c565b4660608501523060808501525f60a085015283810360c08501528180845192838152019301915f5b82811061135557505050500390f35b835185528695509381019392810192600101611346565b346105f65760a06003193601126105f65760043560243567ffffffffffffffff81116105f6576113c17f8d78f4430be72ca2b98dd39b5c660b5c49548aeb823661725825792c822485c89136906004016126e7565b6113c9612728565b60643560843590865f52600260205263ffffffff61147e60405f206113ef86828c612f36565b6113f9878b612d63565b61147985858c6001600160a01b036001860154166114198d8d3691612aab565b60208151910120886040519c8d92606060208501947fdbe81b2c7105b3b6d7015360fc303b64258bc58bcb2f85b8afb4b9cb394eb73e86528760408201520152169b8c60808201526080815261147060a08261281b565b51902091612db3565b612fd3565b61149560405197889760a0895260a08901916127c1565b946020870152166040850152606084015260808301520390a2005b346105f65760e06003193601126105f6576004356114cc61273b565b6044356114d7612715565b6114df61274e565b60a4359060c43592841580156116da575b6116a057865f52600460205260405f209485549563ffffffff80881698169780891061165d57808903611629578987876040519760208901977f93d63f96688c709c49f32a996ca5472a9d78cfb7843f0965d0ab05a7d5c76c8189528460408b01528d60608b01528760808b015263ffffffff16978860a08b015263ffffffff8216998a60c082015260c0815261158860e08261281b565b5190209061159594612e61565b61159e90612a7b565b815467ffffffffffffffff191663ffffffff91909116174360201b67ffffffff0000000016178155875f526001016020528060405f2055604051968752602087015260408601526060850152608084015260a083015260201c63ffffffff1660c082015260e07f18acfdc51f0a9a0d3a4edf78540880b08fe8b191f9a39d55cf978e74e2fc93a491a2005b88908a7f77304ae2000000000000000000000000000000000000000000000000000000005f5260045260245260445260645ffd5b8989600184825f520160205260405f2054917fadf17c24000000000000000000000000000000000000000000000000000000005f5260045260245260445260645ffd5b63ffffffff9085887f7e9d9a2d000000000000000000000000000000000000000000000000000000005f526004526024521660445260645ffd5b5063ffffffff8116156114f0565b346105f65760406003193601126105f65761170161273b565b6004355f52600460205263ffffffff600160405f200191165f52602052602060405f2054604051908152f35b346105f65760206003193601126105f65760043567ffffffffffffffff81116105f65761175e90369060040161276b565b9081905f5b83811061177557602083604051908152f35b611780818584612a01565b611789816135a8565b15611854575061179a8185846135c3565b906117a7828287866136c8565b80516117b5575b5050611763565b90936117cb906117c58685612a6e565b90612a6e565b935b828110156117ae57806117e36001928887612a01565b6117ec81612cdd565b907f10cf4fe68a911ec3063fbf3ac129f752ee54edb8d839f7f98a41d4825312f1506fffffffffffffffffffffffffffffffff1960408051936060810135855286602086015260608286015201359316918061184b606082018961279c565b0390a3016117cd565b906001810180821161186f5761186a90926133af565b6117a7565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52601160045260245ffd5b346105f65760406003193601126105f65760206118c26118ba6126bd565b60043561297d565b604051906118cf81612761565b8152f35b346105f65760e06003193601126105f6576118ec612664565b60443590606435600381101590816105f65761190661274e565b9260a4356fffffffffffffffffffffffffffffffff1960c435921695865f52600560205260405f209485549663ffffffff881615611bea5767ffffffffffffffff8860601c16918215611bbe5760ff8960a01c166003811015610f705780611b8f5750895f5260243560205260405f2093845f528060205260405f205f526006602052638000000060405f20541615611b605763ffffffff8316948787871593841594611b56575b8415611b4c575b84611ade575b505050506119cc91925087896134be565b916119d683612761565b8215611a865750610f70577fffffffffffffffffffffff00ffffffffffffffffffffffff00000000ffffffff90961660a085811b74ff000000000000000000000000000000000000000016919091174360201b67ffffffff0000000016179095557f1316baea5bbe241beaf3929f3d243358378389189e3cedca736304749a252ce995611a666040518096612684565b611a6f81612761565b6020850152604084015260608301526080820152a2005b8960a49160ff8b604051937f368562030000000000000000000000000000000000000000000000000000000085526004850152818160a81c161515602485015260b81c16151560448301526064820152426084820152fd5b6119cc9550611b4293965f978d60ff6040519160208301937f0e292e58cd44e1c5d8caef4955dbf0f61583e17517d2c4b6d7b0c314fba85078855260408401521660608201528b608082015260808152611b3960a08261281b565b51902091612e61565b829187878e6119bb565b82151594506119b5565b81151594506119ae565b847f606de7e8000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b8a7f8d71eff7000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b897f22438c1f000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b887fa8f5e908000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b346105f65760206003193601126105f65760043567ffffffffffffffff81116105f65761012060031982360301126105f657611c54906004016133af565b80519081611c5e57005b602001fd5b346105f65760e06003193601126105f657611005611c7f61273b565b611c876126a7565b9060c4359160a435916084359160643591600435612855565b346105f65760a06003193601126105f657600435611cbc6126bd565b90611cc5612728565b9160643560843590835f52600260205260405f2092611ce5868587612f36565b6001600160a01b0381169586158015611ed6575b611ea6579163ffffffff8492869489611d8f60c098868c6001600160a01b0360017f0c763966e767f2ecedd6118bebb2368da5883fd4c38d0fee7a466b24127da4a49e015416604051968960208901917f6e8d7db5d8e62dd881828f62b4ceb85280c4baf4b904e6dcfd4db3498098771983528460408b01528860608b015216978860808201526080815261147060a08261281b565b611da2611d9b88612fd3565b93886130ab565b5f8a815260036020908152604080832084845290915280822080547fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff0090811690915589546001600160a01b0316835291208054909116600117905586547fffffffffffffffffffffffff0000000000000000000000000000000000000000168117808855611e8190611e389060a01c861661283e565b88547fffffffffffffffff00000000ffffffffffffffffffffffffffffffffffffffff1660a082901b77ffffffff00000000000000000000000000000000000000001617909855565b836040519716875260208701526040860152166060840152608083015260a0820152a2005b86867fa662c4e0000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b506001600160a01b038554168714611cf9565b346105f6576101006003193601126105f657611f03612664565b604435611f0e612715565b906084359160a43563ffffffff8116948582036105f65760c4356fffffffffffffffffffffffffffffffff1960e435921696875f5260243560205260405f2096875f528660205260405f205f52600660205260405f2080549586156122015763100000008716156121c75763ffffffff630fffffff8816981697808903612197575067ffffffffffffffff198716908167ffffffffffffffff1985160361216757937f14573f38e8c0d9d785ab32458f57de1afed4278b111ec9fd7422b066f0b4ffdc97938793632000000088948f9c998f9b8f916120499263ffffffff9c60c09f8f6040519060208201927f41ca42f91e5b5c18d082ff84b02383169574baac0e3d4c6d684c0f3f38a139188452604083015284606083015260808201528a60a082015260c08c9082015260c08152611b3960e08261281b565b63cfffffff88169067ffffffff000000004360201b161717179055604051968752602087015260408601526060850152608084015260201c1660a0820152a3815f52600560205260405f2060ff815460c01c16801561186f575f1960ff91016120f78184907fffffffffffffff00ffffffffffffffffffffffffffffffffffffffffffffffff78ff00000000000000000000000000000000000000000000000083549260c01b169116179055565b16156120ff57005b7fde0c3aedf2bee0cd256c736fd17102d4c36defae82bcbb7c6fe27d0f5aa2cb419181602092547fffffffffffffffffffffffffffffffffffffffff00000000ffffffffffffffff6bffffffff00000000000000004360401b169116179055604051908152a2005b83827f9a3f45a7000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b88907f72433f66000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b630fffffff878a8c7fb88e6c88000000000000000000000000000000000000000000000000000000005f526004526024521660445260645ffd5b888a7f606de7e8000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b346105f65760c06003193601126105f6576004356001600160a01b0381168082036105f65760243567ffffffffffffffff81116105f6576122769036906004016126e7565b91906122806126a7565b9260643567ffffffffffffffff81116105f6576122a19036906004016126e7565b906084359160a4359160405160208101908882526040808201526122db816122cd606082018a8c6127c1565b03601f19810183528261281b565b519020976122fd895f52600260205263ffffffff60405f205460a01c16151590565b61250157851580156124f7575b6124c2576001600160a01b0390612321848b612d63565b1698891561249257602099859385936123d689978b998e61247c978f829f7f1f3338ada6d0fb172fafd890a3f5348b5076a4926780095a353570cb0a23189b9f9061236d913691612aab565b6020815191012061237f368a8a612aab565b602081519101206040519160208301937f7c8d730c4270e6f3e52fe2ce9ff713b0e1133bcb744530ed4024b656dd7bb9368552604084015260608301528a608083015260a082015260a0815261147060c08261281b565b5f8a815260028e5260409081902078010000000100000000000000000000000000000000000000007fffffffff000000000000000000000000000000000000000000000000000000004360e01b16861717815560010180547fffffffffffffffffffffffff0000000000000000000000000000000000000000168d1790555160a08082529098899861246a928a01916127c1565b928d88015286830360408801526127c1565b91606084015260808301520390a3604051908152f35b89897fa662c4e0000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b85897f1fb3f571000000000000000000000000000000000000000000000000000000005f52600452604060245260445260645ffd5b506040861161230a565b887fd16b4fed000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b346105f65761253b36612691565b905f5260205260405f205f52600660205260a060405f2054632000000060405191630fffffff8116835267ffffffffffffffff198116602084015263ffffffff8160201c16604084015263100000008116151560608401521615156080820152f35b346105f65760206003193601126105f6576004355f5260046020526040805f205463ffffffff825191818116835260201c166020820152f35b346105f6576125e436612691565b905f5260205260405f205f5260066020526040805f205467ffffffffffffffff19825191630fffffff81168352166020820152f35b346105f65760206003193601126105f6576020906fffffffffffffffffffffffffffffffff19612647612664565b165f52600582526126628160ff60405f205460a01c16612684565bf35b600435906fffffffffffffffffffffffffffffffff19821682036105f657565b906003821015610f705752565b60031960409101126105f6576004359060243590565b604435906001600160a01b03821682036105f657565b602435906001600160a01b03821682036105f657565b35906001600160a01b03821682036105f657565b9181601f840112156105f65782359167ffffffffffffffff83116105f657602083818601950101116105f657565b6064359063ffffffff821682036105f657565b6044359063ffffffff821682036105f657565b6024359063ffffffff821682036105f657565b6084359063ffffffff821682036105f657565b60041115610f7057565b9181601f840112156105f65782359167ffffffffffffffff83116105f6576020808501948460051b0101116105f657565b90601f19601f602080948051918291828752018686015e5f8582860101520116010190565b601f8260209493601f1993818652868601375f8582860101520116010190565b610120810190811067ffffffffffffffff82111761044d57604052565b610100810190811067ffffffffffffffff82111761044d57604052565b90601f601f19910116810190811067ffffffffffffffff82111761044d57604052565b63ffffffff1663ffffffff811461186f5760010190565b959193949094865f52600260205263ffffffff60405f209616938561287c81878a8c61318e565b6128e484848c604051809b82604060208401937f2f644bf03638384f623349f1e709b054ae677cd40262c6828085e06ba67a19fa8552015260608d01526001600160a01b0387169b8c6080820152608081526128d960a08261281b565b5190209b8c91612db3565b612972576001600160a01b0361293763ffffffff928a61293289898f9d7f9b00b8e9c8c52c5591d70c9b7015163727fee3bcda5cdbdc56e67b2ad799c1699f9e6101209f8990541690612db3565b6132dc565b929198846040519a168a5260208a01521660408801526001606088015216608086015260a085015260c084015260e0830152610100820152a2565b505050505050505050565b805f52600260205260405f20916001600160a01b0381169283156129f9576001600160a01b0381541684146129f05760026129ba91019182613554565b9054116129e9575f52600360205260405f20905f5260205260ff60405f2054165f146129e557600390565b5f90565b5050600290565b50505050600190565b505050505f90565b9190811015612a415760051b810135907ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffee1813603018212156105f6570190565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52603260045260245ffd5b9190820391821161186f57565b63ffffffff60019116019063ffffffff821161186f57565b67ffffffffffffffff811161044d5760051b60200190565b92919267ffffffffffffffff821161044d5760405191612ad5601f8201601f19166020018461281b565b8294818452818301116105f6578281602093845f960137010152565b9035907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe1813603018212156105f6570180359067ffffffffffffffff82116105f6576020019181360383136105f657565b8051821015612a415760209160051b010190565b93929092845f52600260205263ffffffff60405f20941691612b7a8484878961318e565b8015612cba575b612be783836040519660208801907fb3984e9615e62ef0ffeaed6083a3a412cee6bc23e22cbe0d1784bb96c16427d482528b60408a015260608901526001600160a01b0389169788608082015260808152612bdd60a08261281b565b519020888b612db3565b612cb2576001850180547fffffffff00000000ffffffffffffffffffffffffffffffffffffffffffffffff164360c01b7bffffffff000000000000000000000000000000000000000000000000161790557f9b00b8e9c8c52c5591d70c9b7015163727fee3bcda5cdbdc56e67b2ad799c169946101209463ffffffff916001600160a01b0391612c76916132dc565b929196846040519816885260208801521660408601525f606086015216608084015260a083015260c08201525f60e08201525f610100820152a2565b505050505050565b612cd8600187015463ffffffff808260a01c169160c01c1689613971565b612b81565b356fffffffffffffffffffffffffffffffff19811681036105f65790565b3567ffffffffffffffff811681036105f65790565b90604051918281549182825260208201905f5260205f20925f5b818110612d41575050612d3f9250038361281b565b565b84546001600160a01b0316835260019485019487945060209093019201612d2a565b81158015612da8575b612d74575050565b7f1fb3f571000000000000000000000000000000000000000000000000000000005f5260045261040060245260445260645ffd5b506104008211612d6c565b93612e0d906001600160a01b039394612e08859496612dd06140a5565b604291604051917f19010000000000000000000000000000000000000000000000000000000000008352600283015260228201522090565b6141c1565b50509216911691818314801590612e59575b612e2857505050565b7f63ed8866000000000000000000000000000000000000000000000000000000005f5260045260245260445260645ffd5b508215612e1f565b939291906001600160a01b03612e95865f52600260205260405f20549063ffffffff6001600160a01b0383169260a01c1690565b91169586156107bd575063ffffffff9182169116808203612f0857505091612ecb91612e086001600160a01b0394612dd06140a5565b50501690808203612eda575050565b7ffe17011e000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b7fc911cc28000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b9190612f56835f52600260205263ffffffff60405f205460a01c16151590565b15612fa75763ffffffff80915460c01c16911691818303612f7657505050565b7fc4762d66000000000000000000000000000000000000000000000000000000005f5260045260245260445260645ffd5b827f2e68fcb6000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b80547bffffffffffffffffffffffffffffffffffffffffffffffffffffffff81164360e090811b7fffffffff00000000000000000000000000000000000000000000000000000000169190911783551c9190612d3f9061303c63ffffffff825460c01c1661283e565b7fffffffff00000000ffffffffffffffffffffffffffffffffffffffffffffffff7bffffffff00000000000000000000000000000000000000000000000083549260c01b169116179055565b5f19811461186f5760010190565b8054821015612a41575f5260205f2001905f90565b600201906130bb82549183613554565b9281841461318857925b600181019081811161186f578282101561312c576131226001600160a01b036130f16131279487613096565b90549060031b1c166131038387613096565b9091906001600160a01b038084549260031b9316831b921b1916179055565b613088565b6130c5565b5050508054801561315b575f1901906131458282613096565b6001600160a01b0382549160031b1b1916905555565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52603160045260245ffd5b92505050565b929093919380549463ffffffff8660a01c1680156132b0576001600160a01b03808516971687148061329d575b6132915781810361325f57505060026131d691019182613554565b9054116132585750805f52600360205260405f20825f5260205260ff60405f20541661322a577f5f4980c5000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b7f80a61f7f000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b9150505f90565b857ff974674e000000000000000000000000000000000000000000000000000000005f5260045260245260445260645ffd5b50505050915050600190565b506001820180831161186f5781146131bb565b857f2e68fcb6000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b805491926001600160a01b0383169260e01c916132f985826130ab565b6002810180546801000000000000000081101561044d57613103816133249360018994018155613096565b6001600160a01b0361333f63ffffffff835460a01c16612a7b565b82547bffffffff000000000000000000000000000000000000000000000000167fffffffff000000000000000000000000000000000000000000000000000000004360e01b161777ffffffff000000000000000000000000000000000000000060a083901b161791909616179055565b63ffffffff916133c260c0830183612af1565b6fffffffffffffffffffffffffffffffff196133dd85612cdd565b165f52602084013560205260405f2090604085013592825f528360205260405f205f52600660205260405f20956134446134378854965f52600260205260405f20549063ffffffff6001600160a01b0383169260a01c1690565b90991686868686866139e8565b80516134b2575060205f6040518585823780868101838152039060025afa156134a75761347f6134775f51809684613ca8565b988983613e10565b96875161349c57613495612d3f97989987613ef5565b9055613f25565b505050505050915090565b6040513d5f823e3d90fd5b96505050505050915090565b906003811015610f70576002810361350b575090613505575460ff8160b01c166134ff5760601c67ffffffffffffffff164210156134fa575f90565b600390565b50600290565b50600190565b600114613519575b50505f90565b81613545575b81613536575b50613531575f80613513565b600190565b60ff91505460b81c165f613525565b805460a81c60ff16915061351f565b805492915f5b8481108061357c575b156135765761357190613088565b61355a565b93505050565b506001600160a01b0361358f8285613096565b90549060031b1c166001600160a01b0383161415613563565b60e08101351590816135b8575090565b610100915001351590565b91906135d0828285612a01565b916001810180911161186f575b818110806136a4575b1561369d576135f6818386612a01565b6135ff81612cdd565b6fffffffffffffffffffffffffffffffff198061361b87612cdd565b1691161490811591613689575b8115613675575b8115613650575b506136495761364490613088565b6135dd565b9250505090565b63ffffffff91506060013560281c1663ffffffff606085013560281c1614155f613636565b90506040840135604082013514159061362f565b905060208401356020820135141590613628565b9392505050565b505f19810181811161186f576136be6136c3918487612a01565b6135a8565b6135e6565b93929190936136d8828683612a01565b916fffffffffffffffffffffffffffffffff196136f484612cdd565b165f52602083013560205260405f2090604084013596825f528760205260405f205f52600660205260405f209363ffffffff855496613752889b5f52600260205260405f20549063ffffffff6001600160a01b0383169260a01c1690565b90925f929116613762878c612a6e565b97601f196137886137728b612a93565b9a6137806040519c8d61281b565b808c52612a93565b013660208b013787915b8c831061381257505050906137a79291613e10565b988951613808578690955582945b8786106137c6575050505050505050565b6137fd906137d5878585612a01565b6137e260c0820182612af1565b906137f66137f0898c612a6e565b8a612b42565b5192613f25565b6001869501946137b5565b5050505050505050565b919a935091506138238a8787612a01565b9160c0830161383f8386846138388589612af1565b90896139e8565b80516138a657505f61385360209286612af1565b908160405192839283378101838152039060025afa156134a757600161389e8c8a968c6138985f519161389261388a848a8d613ca8565b9b8c96612a6e565b90612b42565b52613ef5565b9b0191613792565b9e5050505050505050505050505050565b905f8091602081519101845af4808061395e575b156138eb5750506040513d81523d5f602083013e60203d82010160405290565b15613925576001600160a01b03907f9996b315000000000000000000000000000000000000000000000000000000005f521660045260245ffd5b3d15613936576040513d5f823e3d90fd5b7fd6bda275000000000000000000000000000000000000000000000000000000005f5260045ffd5b503d1515806138cb5750813b15156138cb565b909182156139bf57820180921161186f5781431061398d575050565b7f038b8e46000000000000000000000000000000000000000000000000000000005f526004526024524360445260645ffd5b505050565b9190811015612a415760051b0190565b356001600160a01b03811681036105f65790565b9295949050606095868401359260ff8460f01c1660018560f81c149081613c9c575b81613c90575b5080613c7f575b80613c5c575b15613c16576140008111613bc857506310000000851615613bb9575063ffffffff8260281c16818103613b6f57505063ffffffff630fffffff84169160081c16818103613b265750630fffffff8114613ae3575060a067ffffffffffffffff199101359116908167ffffffffffffffff19821603613a99575050565b90919250604051917f9a3f45a70000000000000000000000000000000000000000000000000000000060208401526024830152604482015260448152613ae060648261281b565b90565b9293505050604051907ffc8cbbfb000000000000000000000000000000000000000000000000000000006020830152602482015260248152613ae060448261281b565b925092935050604051917f72433f660000000000000000000000000000000000000000000000000000000060208401526024830152604482015260448152613ae060648261281b565b93509394505050604051917fc911cc280000000000000000000000000000000000000000000000000000000060208401526024830152604482015260448152613ae060648261281b565b92915050613ae0939450614200565b9596505050505050604051907fe70664090000000000000000000000000000000000000000000000000000000060208301526140006024830152604482015260448152613ae060648261281b565b5050509293505050604051907f3791fa84000000000000000000000000000000000000000000000000000000006020830152602482015260248152613ae060448261281b565b5078ffe0000000000000ffe00000000000000000000000000000ff841615613a1d565b50600260ff8560e81c161115613a17565b6005915011155f613a10565b60018110159150613a0a565b9060a06042939260608101359367ffffffffffffffff613cc783612cdd565b95604051956fffffffffffffffffffffffffffffffff1960208801987fae78e57a2430210aa261d78a6a812484696d78c687f9bbb23fc86fd352c2c5898a528360f81c60408a0152166060880152608087015260408401358587015263ffffffff8160281c1660c087015263ffffffff8160081c1660e0870152818160481c1661010087015261ffff8160d81c1661012087015260ff8160f01c1661014087015260ff8160e81c1661016087015261ffff8160c81c1661018087015260881c166101a085015260808201356101c08501526101e084015201356102008201526102008152613db76102208261281b565b519020604051907f190100000000000000000000000000000000000000000000000000000000000082527f2e516e115d33ef1bb069ec7e0948701576e615d43581d7f7c1c32d4dcedfe472600283015260228201522090565b929190926001600160a01b0380613e356060966101008501359060e0860135906141c1565b50509316921690828203613e4857505050565b9091929350613e56816135a8565b613e9e5750604051917ffe17011e0000000000000000000000000000000000000000000000000000000060208401526024830152604482015260448152613ae060648261281b565b91505063ffffffff606082013560081c1660408051927fe728ee3900000000000000000000000000000000000000000000000000000000602085015201356024830152604482015260448152613ae060648261281b565b63ffffffff16906001820180921161186f5767ffffffffffffffff19164360201b67ffffffff0000000016171790565b93927f24a92bd5206a4c0fc52501184aa639faa6c33cde681a207155335ff2b0be6b0f613f8e613f5487612cdd565b936060880135956040519487865260808a0135602087015260a08a01356040870152606086015261010060808601526101008501916127c1565b9160e087013560a082015261010087013560c082015263ffffffff8660201c1660e0820152806fffffffffffffffffffffffffffffffff1960408901359516930390a360c81c66010401012f00068114801561403e575b801561402e575b613ff557505050565b6fffffffffffffffffffffffffffffffff19614013612d3f94612cdd565b165f526005602052638000000060405f2092161515916142a2565b5066010300013000088114613fec565b5066010402012f00068114613fe5565b60ff811690601f821161407d576040519161406a60408461281b565b6020808452838101919036833783525290565b7fb3512b0c000000000000000000000000000000000000000000000000000000005f5260045ffd5b6001600160a01b037f000000000000000000000000000000000000000000000000000000000000000016301480614198575b15614100577f000000000000000000000000000000000000000000000000000000000000000090565b60405160208101907f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f82527f000000000000000000000000000000000000000000000000000000000000000060408201527f000000000000000000000000000000000000000000000000000000000000000060608201524660808201523060a082015260a0815261419260c08261281b565b51902090565b507f000000000000000000000000000000000000000000000000000000000000000046146140d7565b906141f9929160ff601b7f7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff851694821c0116906143bb565b9192909190565b9091801561425a576040630fffffff928151947fb88e6c8800000000000000000000000000000000000000000000000000000000602087015260248601520135604484015216606482015260648152613ae060848261281b565b506040908151927f606de7e800000000000000000000000000000000000000000000000000000000602085015260248401520135604482015260448152613ae060648261281b565b916143695781549060ff8260a81c16801561435c575b6139bf5766010401012f0006810361430c57505075010000000000000000000000000000000000000000007fffffffffffffffffffff00ffffffffffffffffffffffffffffffffffffffffff825416179055565b66010402012f00061461431d575050565b7fffffffffffffffffff00ffffffffffffffffffffffffffffffffffffffffffff16760100000000000000000000000000000000000000000000179055565b5060ff8260b01c166142b8565b6601030001300008146143795750565b770100000000000000000000000000000000000000000000007fffffffffffffffff00ffffffffffffffffffffffffffffffffffffffffffffff825416179055565b91907f7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a08411614432579160209360809260ff5f9560405194855216868401526040830152606082015282805260015afa156134a7575f516001600160a01b0381161561442857905f905f90565b505f906001905f90565b5050505f916003919056fea2646970667358221220bfcc161b21a544005fd81b3756a903a6f8e92e402190b39b7ce1fce34dfa464564736f6c63430008250033",
} as const;
