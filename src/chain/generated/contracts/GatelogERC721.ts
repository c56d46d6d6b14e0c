// Generated from contracts/tokens/GatelogERC721.sol by `npm run generate`. Do not edit.

import type { JsonFragment } from "ethers";

const abi: readonly JsonFragment[] = [
  {
    "inputs": [
      {
        "internalType": "string",
        "name": "name",
        "type": "string"
      },
      {
        "internalType": "string",
        "name": "symbol",
        "type": "string"
      },
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
    "inputs": [],
    "name": "AccessControlBadConfirmation",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "account",
        "type": "address"
      },
      {
        "internalType": "bytes32",
        "name": "neededRole",
        "type": "bytes32"
      }
    ],
    "name": "AccessControlUnauthorizedAccount",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "sender",
        "type": "address"
      },
      {
        "internalType": "uint256",
        "name": "tokenId",
        "type": "uint256"
      },
      {
        "internalType": "address",
        "name": "owner",
        "type": "address"
      }
    ],
    "name": "ERC721IncorrectOwner",
    "type": "error"
  },
  {
    "inputs": [
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
    "name": "ERC721InsufficientApproval",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "approver",
        "type": "address"
      }
    ],
    "name": "ERC721InvalidApprover",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "operator",
        "type": "address"
      }
    ],
    "name": "ERC721InvalidOperator",
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
    "name": "ERC721InvalidOwner",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "receiver",
        "type": "address"
      }
    ],
    "name": "ERC721InvalidReceiver",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "sender",
        "type": "address"
      }
    ],
    "name": "ERC721InvalidSender",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "uint256",
        "name": "tokenId",
        "type": "uint256"
      }
    ],
    "name": "ERC721NonexistentToken",
    "type": "error"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "address",
        "name": "owner",
        "type": "address"
      },
      {
        "indexed": true,
        "internalType": "address",
        "name": "approved",
        "type": "address"
      },
      {
        "indexed": true,
        "internalType": "uint256",
        "name": "tokenId",
        "type": "uint256"
      }
    ],
    "name": "Approval",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "address",
        "name": "owner",
        "type": "address"
      },
      {
        "indexed": true,
        "internalType": "address",
        "name": "operator",
        "type": "address"
      },
      {
        "indexed": false,
        "internalType": "bool",
        "name": "approved",
        "type": "bool"
      }
    ],
    "name": "ApprovalForAll",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": false,
        "internalType": "uint256",
        "name": "_fromTokenId",
        "type": "uint256"
      },
      {
        "indexed": false,
        "internalType": "uint256",
        "name": "_toTokenId",
        "type": "uint256"
      }
    ],
    "name": "BatchMetadataUpdate",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": false,
        "internalType": "uint256",
        "name": "_tokenId",
        "type": "uint256"
      }
    ],
    "name": "MetadataUpdate",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "role",
        "type": "bytes32"
      },
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "previousAdminRole",
        "type": "bytes32"
      },
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "newAdminRole",
        "type": "bytes32"
      }
    ],
    "name": "RoleAdminChanged",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "role",
        "type": "bytes32"
      },
      {
        "indexed": true,
        "internalType": "address",
        "name": "account",
        "type": "address"
      },
      {
        "indexed": true,
        "internalType": "address",
        "name": "sender",
        "type": "address"
      }
    ],
    "name": "RoleGranted",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "bytes32",
        "name": "role",
        "type": "bytes32"
      },
      {
        "indexed": true,
        "internalType": "address",
        "name": "account",
        "type": "address"
      },
      {
        "indexed": true,
        "internalType": "address",
        "name": "sender",
        "type": "address"
      }
    ],
    "name": "RoleRevoked",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "address",
        "name": "from",
        "type": "address"
      },
      {
        "indexed": true,
        "internalType": "address",
        "name": "to",
        "type": "address"
      },
      {
        "indexed": true,
        "internalType": "uint256",
        "name": "tokenId",
        "type": "uint256"
      }
    ],
    "name": "Transfer",
    "type": "event"
  },
  {
    "inputs": [],
    "name": "DEFAULT_ADMIN_ROLE",
    "outputs": [
      {
        "internalType": "bytes32",
        "name": "",
        "type": "bytes32"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [],
    "name": "MINTER_ROLE",
    "outputs": [
      {
        "internalType": "bytes32",
        "name": "",
        "type": "bytes32"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "to",
        "type": "address"
      },
      {
        "internalType": "uint256",
        "name": "tokenId",
        "type": "uint256"
      }
    ],
    "name": "approve",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "owner",
        "type": "address"
      }
    ],
    "name": "balanceOf",
    "outputs": [
      {
        "internalType": "uint256",
        "name": "",
        "type": "uint256"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "uint256",
        "name": "tokenId",
        "type": "uint256"
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
        "internalType": "uint256",
        "name": "tokenId",
        "type": "uint256"
      }
    ],
    "name": "getApproved",
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
        "internalType": "bytes32",
        "name": "role",
        "type": "bytes32"
      }
    ],
    "name": "getRoleAdmin",
    "outputs": [
      {
        "internalType": "bytes32",
        "name": "",
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
        "name": "role",
        "type": "bytes32"
      },
      {
        "internalType": "address",
        "name": "account",
        "type": "address"
      }
    ],
    "name": "grantRole",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "role",
        "type": "bytes32"
      },
      {
        "internalType": "address",
        "name": "account",
        "type": "address"
      }
    ],
    "name": "hasRole",
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
        "name": "owner",
        "type": "address"
      },
      {
        "internalType": "address",
        "name": "operator",
        "type": "address"
      }
    ],
    "name": "isApprovedForAll",
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
        "name": "to",
        "type": "address"
      },
      {
        "internalType": "uint256",
        "name": "tokenId",
        "type": "uint256"
      },
      {
        "internalType": "string",
        "name": "uri",
        "type": "string"
      }
    ],
    "name": "mint",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [],
    "name": "name",
    "outputs": [
      {
        "internalType": "string",
        "name": "",
        "type": "string"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "uint256",
        "name": "tokenId",
        "type": "uint256"
      }
    ],
    "name": "ownerOf",
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
        "internalType": "bytes32",
        "name": "role",
        "type": "bytes32"
      },
      {
        "internalType": "address",
        "name": "callerConfirmation",
        "type": "address"
      }
    ],
    "name": "renounceRole",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "role",
        "type": "bytes32"
      },
      {
        "internalType": "address",
        "name": "account",
        "type": "address"
      }
    ],
    "name": "revokeRole",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "from",
        "type": "address"
      },
      {
        "internalType": "address",
        "name": "to",
        "type": "address"
      },
      {
        "internalType": "uint256",
        "name": "tokenId",
        "type": "uint256"
      }
    ],
    "name": "safeTransferFrom",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "from",
        "type": "address"
      },
      {
        "internalType": "address",
        "name": "to",
        "type": "address"
      },
      {
        "internalType": "uint256",
        "name": "tokenId",
        "type": "uint256"
      },
      {
        "internalType": "bytes",
        "name": "data",
        "type": "bytes"
      }
    ],
    "name": "safeTransferFrom",
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
        "internalType": "bool",
        "name": "approved",
        "type": "bool"
      }
    ],
    "name": "setApprovalForAll",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes4",
        "name": "interfaceId",
        "type": "bytes4"
      }
    ],
    "name": "supportsInterface",
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
    "inputs": [],
    "name": "symbol",
    "outputs": [
      {
        "internalType": "string",
        "name": "",
        "type": "string"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "uint256",
        "name": "tokenId",
        "type": "uint256"
      }
    ],
    "name": "tokenURI",
    "outputs": [
      {
        "internalType": "string",
        "name": "",
        "type": "string"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "from",
        "type": "address"
      },
      {
        "internalType": "address",
        "name": "to",
        "type": "address"
      },
      {
        "internalType": "uint256",
        "name": "tokenId",
        "type": "uint256"
      }
    ],
    "name": "transferFrom",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  }
];

export const GatelogERC721Artifact = {
  contractName: "GatelogERC721",
  abi,
  bytecode: "0x60806040523461034a57611ec1803803806100198161034e565b92833981019060608183031261034a5780516001600160401b03811161034a5782610045918301610373565b60208201519092906001600160401b03811161034a57604091610069918401610373565b9101516001600160a01b038116810361034a5782516001600160401b038111610253575f54600181811c91168015610340575b602082101461023557601f81116102d3575b506020601f821160011461027257819293945f92610267575b50508160011b915f199060031b1c1916175f555b8151916001600160401b03831161025357600154600181811c91168015610249575b602082101461023557601f81116101c7575b50602090601f841160011461015f5761014493915f9183610154575b50508160011b915f199060031b1c1916176001556103c4565b50604051611a53908161044e8239f35b015190505f8061012b565b90601f1984169160015f52815f20925f5b8181106101af5750916001939186610144979410610197575b505050811b016001556103c4565b01515f1960f88460031b161c191690555f8080610189565b92936020600181928786015181550195019301610170565b8381111561010f5760015f52601f840160051c7fb10e2d527612073b26eecdfd717e6a320cf44b4afac2b0732d9fcbe2b7fa0cf66020861061022d575b81601f9101920160051c03905f5b82811061022057505061010f565b5f82820155600101610212565b5f9150610204565b634e487b7160e01b5f52602260045260245ffd5b90607f16906100fd565b634e487b7160e01b5f52604160045260245ffd5b015190505f806100c7565b601f198216905f8052805f20915f5b8181106102bb575095836001959697106102a3575b505050811b015f556100db565b01515f1960f88460031b161c191690555f8080610296565b9192602060018192868b015181550194019201610281565b818111156100ae575f8052601f820160051c7f290decd9548b62a8d60345a988386fc84ba6bc95484008f6362f93160ef3e56360208410610338575b81601f9101920160051c03905f5b82811061032b5750506100ae565b5f8282015560010161031d565b5f915061030f565b90607f169061009c565b5f80fd5b6040519190601f01601f191682016001600160401b0381118382101761025357604052565b81601f8201121561034a578051906001600160401b038211610253576103a2601f8301601f191660200161034e565b928284526020838301011161034a57815f9260208093018386015e8301015290565b6001600160a01b0381165f9081525f516020611ea15f395f51905f52602052604090205460ff16610448576001600160a01b03165f8181525f516020611ea15f395f51905f5260205260408120805460ff191660011790553391907f2f8788117e7eff1d82e926ec794901d17c78024a50270940304540a733656f0d8180a4600190565b505f9056fe6080806040526004361015610012575f80fd5b5f3560e01c90816301ffc9a714610cd25750806306fdde0314610c30578063081812fc14610be6578063095ea7b314610a8857806323b872dd14610a71578063248a9ca314610a3e5780632f2ff15d14610a0057806336568abe1461099657806342842e0e1461096d57806342966c68146109485780636352211e1461090c57806370a082311461089557806391d148541461083e57806395d89b4114610756578063a217fddf1461073c578063a22cb4651461062b578063b88d4fde146105cb578063c87b56dd14610594578063d3fc986414610204578063d5391393146101ca578063d547741f146101855763e985e9c51461010e575f80fd5b3461018157604060031936011261018157610127610e4a565b73ffffffffffffffffffffffffffffffffffffffff610144610e6d565b91165f52600560205273ffffffffffffffffffffffffffffffffffffffff60405f2091165f52602052602060ff60405f2054166040519015158152f35b5f80fd5b34610181576040600319360112610181576101c86004356101a4610e6d565b906101c36101be825f526007602052600160405f20015490565b611818565b611953565b005b34610181575f6003193601126101815760206040517f9f2df0fed2c77648de5860a4cc508cd0818c85b8b8a1ab4ceeef8d981c8956a68152f35b346101815760606003193601126101815761021d610e4a565b6024359060443567ffffffffffffffff811161018157366023820112156101815780600401359167ffffffffffffffff83116101815736602484840101116101815773ffffffffffffffffffffffffffffffffffffffff9061027d611790565b16801561056857835f52600260205273ffffffffffffffffffffffffffffffffffffffff60405f205416848115159283610519575b805f52600360205260405f2060018154019055815f52600260205260405f20817fffffffffffffffffffffffff0000000000000000000000000000000000000000825416179055827fddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef5f80a4506104ed57610331916024369201610f5f565b815f52600660205260405f209080519067ffffffffffffffff82116104c05761035a8354610f95565b601f811161046f575b50602090601f83116001146103c9579180602094927ff8e1a15aba9398e019f0b49df1a4fde98ee17ae345cb5f6b5e2c27f5033e8ce796945f926103be575b50505f198260011b9260031b1c19161790555b604051908152a1005b0151905086806103a2565b907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0831691845f52815f20925f5b81811061045757509260019285927ff8e1a15aba9398e019f0b49df1a4fde98ee17ae345cb5f6b5e2c27f5033e8ce79896602098961061043f575b505050811b0190556103b5565b01515f1960f88460031b161c19169055868080610432565b929360206001819287860151815501950193016103f7565b8281111561036357835f5260205f20601f840160051c90602085106104b8575b81601f9101920160051c03905f5b8281106104ab575050610363565b5f8282015560010161049d565b5f915061048f565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52604160045260245ffd5b7f73c6ac6e000000000000000000000000000000000000000000000000000000005f525f60045260245ffd5b610550825f52600460205260405f207fffffffffffffffffffffffff00000000000000000000000000000000000000008154169055565b825f52600360205260405f205f1981540190556102b2565b7f64a0ae92000000000000000000000000000000000000000000000000000000005f525f60045260245ffd5b34610181576020600319360112610181576105c76105b360043561140d565b604051918291602083526020830190610e07565b0390f35b34610181576080600319360112610181576105e4610e4a565b6105ec610e6d565b6064359167ffffffffffffffff83116101815736602384011215610181576106216101c8933690602481600401359101610f5f565b9160443591611231565b3461018157604060031936011261018157610644610e4a565b602435908115158092036101815733156107105773ffffffffffffffffffffffffffffffffffffffff169081156106e457335f52600560205260405f20825f5260205260405f207fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff0081541660ff83161790556040519081527f17307eab39ab6107e8899845ad3d59bd9653f200f220920489ca2b5937696c3160203392a3005b507f5b08ba18000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b7fa9fbf51f000000000000000000000000000000000000000000000000000000005f525f60045260245ffd5b34610181575f6003193601126101815760206040515f8152f35b34610181575f600319360112610181576040515f60015461077681610f95565b80845290600181169081156107fc575060011461079e575b6105c7836105b381850382610ee4565b91905060015f527fb10e2d527612073b26eecdfd717e6a320cf44b4afac2b0732d9fcbe2b7fa0cf6915f905b8082106107e2575090915081016020016105b361078e565b9192600181602092548385880101520191019092916107ca565b7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff001660208086019190915291151560051b840190910191506105b3905061078e565b3461018157604060031936011261018157610857610e6d565b6004355f52600760205273ffffffffffffffffffffffffffffffffffffffff60405f2091165f52602052602060ff60405f2054166040519015158152f35b346101815760206003193601126101815773ffffffffffffffffffffffffffffffffffffffff6108c3610e4a565b1680156108e0575f526003602052602060405f2054604051908152f35b7f89c62b64000000000000000000000000000000000000000000000000000000005f525f60045260245ffd5b3461018157602060031936011261018157602061092a60043561158b565b73ffffffffffffffffffffffffffffffffffffffff60405191168152f35b3461018157602060031936011261018157610961611790565b6101c8336004356115e4565b34610181576101c861097e36610e90565b906040519261098e602085610ee4565b5f8452611231565b34610181576040600319360112610181576109af610e6d565b3373ffffffffffffffffffffffffffffffffffffffff8216036109d8576101c890600435611953565b7f6697b232000000000000000000000000000000000000000000000000000000005f5260045ffd5b34610181576040600319360112610181576101c8600435610a1f610e6d565b90610a396101be825f526007602052600160405f20015490565b61187f565b34610181576020600319360112610181576020610a696004355f526007602052600160405f20015490565b604051908152f35b34610181576101c8610a8236610e90565b91610fe6565b3461018157604060031936011261018157610aa1610e4a565b602435610aad8161158b565b33151580610bc6575b80610b79575b610b4d57819073ffffffffffffffffffffffffffffffffffffffff80851691167f8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b9255f80a45f52600460205273ffffffffffffffffffffffffffffffffffffffff60405f2091167fffffffffffffffffffffffff00000000000000000000000000000000000000008254161790555f80f35b7fa9fbf51f000000000000000000000000000000000000000000000000000000005f523360045260245ffd5b5073ffffffffffffffffffffffffffffffffffffffff81165f52600560205260405f2073ffffffffffffffffffffffffffffffffffffffff33165f5260205260ff60405f20541615610abc565b503373ffffffffffffffffffffffffffffffffffffffff82161415610ab6565b3461018157602060031936011261018157600435610c038161158b565b505f526004602052602073ffffffffffffffffffffffffffffffffffffffff60405f205416604051908152f35b34610181575f600319360112610181576040515f5f54610c4f81610f95565b80845290600181169081156107fc5750600114610c76576105c7836105b381850382610ee4565b5f8080527f290decd9548b62a8d60345a988386fc84ba6bc95484008f6362f93160ef3e563939250905b808210610cb8575090915081016020016105b361078e565b919260018160209254838588010152019101909291610ca0565b3461018157602060031936011261018157600435907fffffffff00000000000000000000000000000000000000000000000000000000821680920361018157817f7965db0b0000000000000000000000000000000000000000000000000000000060209314908115610d46575b5015158152f35b7f4906490600000000000000000000000000000000000000000000000000000000811491508115610d79575b5083610d3f565b7f80ac58cd00000000000000000000000000000000000000000000000000000000811491508115610ddd575b8115610db3575b5083610d72565b7f01ffc9a70000000000000000000000000000000000000000000000000000000091501483610dac565b7f5b5e139f0000000000000000000000000000000000000000000000000000000081149150610da5565b907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0601f602080948051918291828752018686015e5f8582860101520116010190565b6004359073ffffffffffffffffffffffffffffffffffffffff8216820361018157565b6024359073ffffffffffffffffffffffffffffffffffffffff8216820361018157565b60031960609101126101815760043573ffffffffffffffffffffffffffffffffffffffff81168103610181579060243573ffffffffffffffffffffffffffffffffffffffff81168103610181579060443590565b90601f7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0910116810190811067ffffffffffffffff8211176104c057604052565b67ffffffffffffffff81116104c057601f017fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe01660200190565b929192610f6b82610f25565b91610f796040519384610ee4565b829481845281830111610181578281602093845f960137010152565b90600182811c92168015610fdc575b6020831014610faf57565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52602260045260245ffd5b91607f1691610fa4565b919073ffffffffffffffffffffffffffffffffffffffff16801561056857815f52600260205273ffffffffffffffffffffffffffffffffffffffff60405f20541692823315159283611149575b73ffffffffffffffffffffffffffffffffffffffff9350856110fa575b805f52600360205260405f2060018154019055815f52600260205260405f20817fffffffffffffffffffffffff0000000000000000000000000000000000000000825416179055857fddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef5f80a4168083036110c957505050565b7f64283d7b000000000000000000000000000000000000000000000000000000005f5260045260245260445260645ffd5b611131825f52600460205260405f207fffffffffffffffffffffffff00000000000000000000000000000000000000008154169055565b855f52600360205260405f205f198154019055611050565b91929050806111c0575b1561116057828291611033565b8284611191577f7e273289000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b7f177e802f000000000000000000000000000000000000000000000000000000005f523360045260245260445ffd5b5033841480156111fb575b806111535750825f5260046020523373ffffffffffffffffffffffffffffffffffffffff60405f20541614611153565b50835f52600560205260405f2073ffffffffffffffffffffffffffffffffffffffff33165f5260205260ff60405f2054166111cb565b9061123d838284610fe6565b803b61124a575b50505050565b6020916112b673ffffffffffffffffffffffffffffffffffffffff8093169560405195869485947f150b7a020000000000000000000000000000000000000000000000000000000086523360048701521660248501526044840152608060648401526084830190610e07565b03815f865af15f91816113b0575b5061133257503d1561132b573d6112da81610f25565b906112e86040519283610ee4565b81523d5f602083013e5b8051908161132657827f64a0ae92000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b602001fd5b60606112f2565b7fffffffff000000000000000000000000000000000000000000000000000000007f150b7a020000000000000000000000000000000000000000000000000000000091160361138557505f808080611244565b7f64a0ae92000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b9091506020813d602011611405575b816113cc60209383610ee4565b8101031261018157517fffffffff000000000000000000000000000000000000000000000000000000008116810361018157905f6112c4565b3d91506113bf565b6114168161158b565b506020906040516114278382610ee4565b5f8152815f526006835260405f206040515f918181549361144785610f95565b9283835288830195896001821691825f1461154f575050600114611513575b5061147392500382610ee4565b82511561150b5790818592516114b357505050506114909061158b565b505f60405161149f8382610ee4565b526114ad6040519182610ee4565b5f815290565b61150894506040519584879551918291018587015e840190838201905f8252519283915e01015f8152037fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe08101835282610ee4565b90565b935050505090565b9150505f528186805f205f905b848210611536575061147393508201015f611466565b6001919350805483858801015201910187908492611520565b7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff0016885261147395151560051b85010192505f91506114669050565b805f52600260205273ffffffffffffffffffffffffffffffffffffffff60405f2054169081156115b9575090565b7f7e273289000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b805f52600260205273ffffffffffffffffffffffffffffffffffffffff8060405f2054169216801515806116c5575b505081611676575b805f52600260205260405f207fffffffffffffffffffffffff000000000000000000000000000000000000000081541690555f827fddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef8280a490565b6116ad815f52600460205260405f207fffffffffffffffffffffffff00000000000000000000000000000000000000008154169055565b815f52600360205260405f205f19815401905561161b565b80611735575b156116d65780611613565b8261170757507f7e273289000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b7f177e802f000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b508083148015611770575b806116cb5750815f5260046020528073ffffffffffffffffffffffffffffffffffffffff60405f205416146116cb565b50825f52600560205260405f20815f5260205260ff60405f205416611740565b335f9081527fa4bfd7afe708e2e87e7f0e2ad9b4d545417e0f795f57b5c5ab5d799c565a04f4602052604090205460ff16156117c857565b7fe2517d3f000000000000000000000000000000000000000000000000000000005f52336004527f9f2df0fed2c77648de5860a4cc508cd0818c85b8b8a1ab4ceeef8d981c8956a660245260445ffd5b805f52600760205260405f2073ffffffffffffffffffffffffffffffffffffffff33165f5260205260ff60405f205416156118505750565b7fe2517d3f000000000000000000000000000000000000000000000000000000005f523360045260245260445ffd5b805f52600760205260405f2073ffffffffffffffffffffffffffffffffffffffff83165f5260205260ff60405f205416155f1461194d57805f52600760205260405f2073ffffffffffffffffffffffffffffffffffffffff83165f5260205260405f2060017fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff0082541617905573ffffffffffffffffffffffffffffffffffffffff339216907f2f8788117e7eff1d82e926ec794901d17c78024a50270940304540a733656f0d5f80a4600190565b50505f90565b805f52600760205260405f2073ffffffffffffffffffffffffffffffffffffffff83165f5260205260ff60405f2054165f1461194d57805f52600760205260405f2073ffffffffffffffffffffffffffffffffffffffff83165f5260205260405f207fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff00815416905573ffffffffffffffffffffffffffffffffffffffff339216907ff6391f5c32d9c69d2a47ea670b442974b53935d1edc7fd64eb21e047a839171b5f80a460019056fea2646970667358221220c77ac6c4e4bbc5e7f042893b66ed2b5ef7afb9c3bdd7fadae64c65b01f37e0b064736f6c634300082500336d5257204ebe7d88fd91ae87941cb2dd9d8062b64ae5a2bd2d28ec40b9fbf6df",
} as const;
