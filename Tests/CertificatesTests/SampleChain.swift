/// A root, an intermediate authority and a server's certificate, made by OpenSSL's command line, valid from November 2026
/// for a hundred years. Their keys are worth nothing.
enum SampleChain {
    /// `CN = Test root`
    static let root = """
        -----BEGIN CERTIFICATE-----
        MIIBkDCCATWgAwIBAgIUaz/E4zJ3CoFAij2C02yGeMUs5gUwCgYIKoZIzj0EAwIw
        FDESMBAGA1UEAwwJVGVzdCByb290MCAXDTI2MTEyNzE0MjMxM1oYDzIxMjYxMTAz
        MTQyMzEzWjAUMRIwEAYDVQQDDAlUZXN0IHJvb3QwWTATBgcqhkjOPQIBBggqhkjO
        PQMBBwNCAAS1TSs5UZm6825myTfyqXS/pVLdgOXeijbqaK8EY2vv8VR51Z1RxKqO
        6KtXrdf8XkbQ+k4oGYI9kJ23wCPexi62o2MwYTAdBgNVHQ4EFgQUtkYsVG786rZS
        DkQZswYxZp3ynywwHwYDVR0jBBgwFoAUtkYsVG786rZSDkQZswYxZp3ynywwDwYD
        VR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAQYwCgYIKoZIzj0EAwIDSQAwRgIh
        AKuTm+vAGTHlrkOZe99JgUnpnRt0Vj9JVCnTRdGMibltAiEAthCRo+zXmSyD4Bqb
        kJ1q7k7brB1Wq1HPNaHJ7Z3vPE4=
        -----END CERTIFICATE-----
        """

    /// `CN = Test intermediate`, issued by the root.
    static let intermediate = """
        -----BEGIN CERTIFICATE-----
        MIIBlzCCAT2gAwIBAgIUSfcnhtEsDCJCsDWtFbFefJDd22swCgYIKoZIzj0EAwIw
        FDESMBAGA1UEAwwJVGVzdCByb290MCAXDTI2MTEyNzE0MjMxM1oYDzIxMjYxMTAz
        MTQyMzEzWjAcMRowGAYDVQQDDBFUZXN0IGludGVybWVkaWF0ZTBZMBMGByqGSM49
        AgEGCCqGSM49AwEHA0IABBQZ+if+yDWBUvNtbLFE6TYrl2Y1nCQnNLtFsVN9pLiw
        rmKuuDZ+voyI+d1M9VwmvHBk1jXPzXKE6bBGzBXpP0qjYzBhMA8GA1UdEwEB/wQF
        MAMBAf8wDgYDVR0PAQH/BAQDAgIEMB0GA1UdDgQWBBS5m/mY+/FfjWwEwsE738RY
        aazcljAfBgNVHSMEGDAWgBS2RixUbvzqtlIORBmzBjFmnfKfLDAKBggqhkjOPQQD
        AgNIADBFAiEAmhup4C7fbDgsiJufyF058N4Nr1BfJR0lg3EwLmQ+XfgCIBTKXHtm
        6aFLslt2nqG6KOghaZPer+wKcc0QcV3Owy8B
        -----END CERTIFICATE-----
        """

    /// `CN = rooms.example`, for rooms.example, *.rooms.example and 192.0.2.7, issued by the intermediate.
    static let server = """
        -----BEGIN CERTIFICATE-----
        MIIB0DCCAXagAwIBAgIUdXyVrPGE1/YSpQUY22ZWhBTExr0wCgYIKoZIzj0EAwIw
        HDEaMBgGA1UEAwwRVGVzdCBpbnRlcm1lZGlhdGUwIBcNMjYxMTI3MTQyMzE0WhgP
        MjEyNjExMDMxNDIzMTRaMBgxFjAUBgNVBAMMDXJvb21zLmV4YW1wbGUwWTATBgcq
        hkjOPQIBBggqhkjOPQMBBwNCAAQRYI1N6hKGeowwNLXZC5BwDARoUGqlPt9R/yrH
        qv+uUlk+d9pc8IZRTAJLpkG7Kl8bnYkMdD0rIfasfnKu3765o4GXMIGUMAwGA1Ud
        EwEB/wQCMAAwLwYDVR0RBCgwJoINcm9vbXMuZXhhbXBsZYIPKi5yb29tcy5leGFt
        cGxlhwTAAAIHMBMGA1UdJQQMMAoGCCsGAQUFBwMBMB0GA1UdDgQWBBSvlYpy0n7U
        HtEeP7C3PlJ0Pc6xPjAfBgNVHSMEGDAWgBS5m/mY+/FfjWwEwsE738RYaazcljAK
        BggqhkjOPQQDAgNIADBFAiBZrAuZElrVr5khvPBC8TKg155B4IEko+5XrMOuQsjI
        RgIhAIqGn8RdOabi6Q8AqF2A/4Q/3F9M/NOmsTy6VOMYEElC
        -----END CERTIFICATE-----
        """

    /// The server's key, in the older form for EC.
    static let key = """
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEIL7TsXrl7XMsK5DV5dpKk5ST5KFbkdX2RxQigYnDb3P6oAoGCCqGSM49
        AwEHoUQDQgAEEWCNTeoShnqMMDS12QuQcAwEaFBqpT7fUf8qx6r/rlJZPnfaXPCG
        UUwCS6ZBuypfG52JDHQ9KyH2rH5yrt++uQ==
        -----END EC PRIVATE KEY-----
        """

    /// The same with a passphrase.
    static let encryptedKey = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgKlk1awdNvkQICCAAw
        DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEGD6Fi+gOk8yDS4q3zt885UEgZBW
        QbHkVFsDqDGr9Z6oGXph7n2EWmi/Csftp9ZkfiiS9wRnZHzf1czWfF44dZ4H/P0U
        DsyuNHsmf1A8ZNRZi4rfVC4DP0it5ZACNviGZ90C9RfsIO4v8XQQ+P6o1K/njc/y
        Al5Sjo0Yw+4JZOqCi2frCzstAmHS5eDWXHU27E3ipKph/TscDDGXscXh3QEBZIE=
        -----END ENCRYPTED PRIVATE KEY-----
        """
}
