// Written by script/pin-runtime.mjs. Do not edit.

export interface Pin {
  readonly name: string
  readonly version: string
  /** Subresource integrity of the tarball: sha512-<base64>. */
  readonly integrity: string
}

/** The version that is installed where no other is asked for. */
export const ONNXRUNTIME_VERSION = '1.30.0'

export const ONNXRUNTIME: Readonly<Record<string, readonly Pin[]>> = {
  '1.30.0': [
    {
      name: 'onnxruntime-node',
      version: '1.30.0',
      integrity: 'sha512-twhs1C2C/BFkz1yc5OY0KIU2GUq6DURO7hD4bx5Q2Qy3nAMJwRXW8xU3NVczE29VA9lolLOYepoD8fjTGOfIqw=='
    },
    {
      name: 'onnxruntime-common',
      version: '1.30.0',
      integrity: 'sha512-7fdVWjAID1dVhH/G8qK3APARunV4VkBFoCQAP7qp4Wkab0mrorvmc+sqiT+mKXOzDqdjN5j+/Z9nb4gzNPWcyA=='
    }
  ],
  '1.26.0': [
    {
      name: 'onnxruntime-node',
      version: '1.26.0',
      integrity: 'sha512-OHl6PiOEOqxaLHL0N9eFrbzS7IGmu3BtJNH3RTEnRAheCIkfc3gjcjl4sGcjp9C22ZC9YTquDOxSdT/stBQ6BQ=='
    },
    {
      name: 'onnxruntime-common',
      version: '1.26.0',
      integrity: 'sha512-qVyMR4lcWgbkc4getFV+GQijsTnbg/siteoqcDwa3sI/LxbrMSNw4ePyvCq/ymdQaRomCA7YuWmhzsswxvymdw=='
    }
  ]
}

export const SHARP: {
  readonly version: string
  readonly everywhere: readonly Pin[]
  readonly platforms: Readonly<Record<string, readonly Pin[]>>
} = {
  version: '0.35.5',
  everywhere: [
    {
      name: 'sharp',
      version: '0.35.5',
      integrity: 'sha512-Ywn4OnzGukp7CDMrp08RQ50YKmuwG47brZgIVPTvBaaAfQlRlygrRqSrxdCiL9M+LlzLBiJ68IR1QqvzHyjC7g=='
    },
    {
      name: '@img/colour',
      version: '1.1.0',
      integrity: 'sha512-Td76q7j57o/tLVdgS746cYARfSyxk8iEfRxewL9h4OMzYhbW4TAcppl0mT4eyqXddh6L/jwoM75mo7ixa/pCeQ=='
    },
    {
      name: 'detect-libc',
      version: '2.1.2',
      integrity: 'sha512-Btj2BOOO83o3WyH59e8MgXsxEQVcarkUOpEYrubB0urwnN10yQ364rsiByU11nZlqWYZm05i/of7io4mzihBtQ=='
    },
    {
      name: 'semver',
      version: '7.8.6',
      integrity: 'sha512-9lpSSU4Mly3mrtruwLs1eLK6+gzbzqeBFwRNjIjE+9LuDpWdYctrQlQ3ej1Ilgi7gknpsTRnPoLP8DpCHqHIJw=='
    }
  ],
  platforms: {
    'linux-x64': [
      {
        name: '@img/sharp-linux-x64',
        version: '0.35.5',
        integrity: 'sha512-SxFtLTeJInhAA9Q836kux2vZNeOBQEx658qvbboZScr0wIARym3IcGmW7KpVD5sbVg0Ojy+udFQdayYIZyoNog=='
      },
      {
        name: '@img/sharp-libvips-linux-x64',
        version: '1.3.4',
        integrity: 'sha512-GJ//SSXbnwSDes02umB3nDJLFcQzw8a18V8fyhqr6tV515tOEMdImjjxj1AoafMRz56F3PHgftnj1QEKSU1zkw=='
      }
    ],
    'linux-arm64': [
      {
        name: '@img/sharp-linux-arm64',
        version: '0.35.5',
        integrity: 'sha512-LYVx5JTsOM2CBzmxreh+nl64/3H6Xb09iSLknqH47z2T2DFFxDeFLP5y4dJwe6H7uGQlHPyEEtIqyo3DYsRwdQ=='
      },
      {
        name: '@img/sharp-libvips-linux-arm64',
        version: '1.3.4',
        integrity: 'sha512-Y3dgX/6lE2QhQb+Gxy0WZxfg9MEm/JBjamZpS2IklP7xIQoKN4hzAm7KcMVGtaVDt3neE9OKBC7vAfonA/Lr1A=='
      }
    ],
    'darwin-arm64': [
      {
        name: '@img/sharp-darwin-arm64',
        version: '0.35.5',
        integrity: 'sha512-QRUlFQ0WxvdWyqqG/WtI3iupfD5rBzmCHXSdPsY91sAtVtTo7Q4cb6zOccZ3gqEqkr0f1As1ehLqmEpDsRf+lg=='
      },
      {
        name: '@img/sharp-libvips-darwin-arm64',
        version: '1.3.4',
        integrity: 'sha512-5R89nBYiRdUlSWJxPhO+GVtaXzXSxKnRu/xqMn3KTA3L9EB9Oy/P+Nn2f2vlhPuUdy/Zusb2DarbyTpGCfEDuw=='
      }
    ],
    'win32-x64': [
      {
        name: '@img/sharp-win32-x64',
        version: '0.35.5',
        integrity: 'sha512-x76eH0vEiHlcMQu8Y8IenntaACtddpT6W0wmXtWrnKcnKI7ME5DdgqhAD6SEWOEl1v2zDvkZDhFA9KnURwpfqg=='
      }
    ],
    'win32-arm64': [
      {
        name: '@img/sharp-win32-arm64',
        version: '0.35.5',
        integrity: 'sha512-X4t7g+7ZA5DKblCBEXGjUqqemj4vczING/5viFwAL8h4N3qYeyjwdCvRLHi4EdOUI+2Z7UFlp1VM+p/AuEtm6Q=='
      }
    ]
  }
}
