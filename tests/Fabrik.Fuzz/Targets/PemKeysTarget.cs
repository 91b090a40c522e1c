using System.Text;
using Fabrik.Server.Auth.Keys;
using Fabrik.Server.Auth.Tokens;

namespace Fabrik.Fuzz.Targets;

/// <summary>Keys in PEM, public ones for the server and private ones for making tokens: keys or an error.</summary>
internal sealed class PemKeysTarget : IFuzzTarget
{
    public const string Rsa = """
        -----BEGIN PUBLIC KEY-----
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEApD4i6TBOTIuylFTZmXnU
        o3uA7ujBxtfCM9RYF/Qq0sOGHiYXE17uf8jxa6l5X9u+hb3NSKptPL0G+QaoVF+z
        iQEcteFErVPZBLoV4iIHO13a4+wuE3InSvPstImAc5UciW2+PSj06dEBdUsd9yQT
        LQINgdn5bS/X9UBPsqdfKGiIMdfeik4WUsML6zIG8dMlS/ViC7e5iVKqEgbnLUDx
        pMzFqLm0iEisnlS4xJR/Ee6tNp1buF7FfLQaNA4ziCDEbojSWtRCrArzDh3e1NC1
        NKTYNF3Z1xH5mi/hPK/UUnNE0XmOJcJMq+z9MZ7xSOgAt+CcPXv3OafeULALZ34w
        eQIDAQAB
        -----END PUBLIC KEY-----
        """;

    public const string Ec = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEDAnoGtVcD9hn1xCMlYg5119xVGw/
        rPNYgFOpHP3t8FI/dZgWdifzGDDoxOJolsVuEgl3PqoCRIO7lH5of01S3g==
        -----END PUBLIC KEY-----
        """;

    private const string Certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBczCCARmgAwIBAgIUemg+dybHnDpEPO9kAHYTdsnImoswCgYIKoZIzj0EAwIw
        DzENMAsGA1UEAwwEZnV6ejAeFw0yNjExMjEwODA3MDlaFw0zNjExMTgwODA3MDla
        MA8xDTALBgNVBAMMBGZ1enowWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQ6mId1
        jrHhaiLLzdrwIWZwMLMtZE0yaCozJcbIbRLTM14NQipOdKeQq0cBJ7CrR/wSUH0M
        oGekFQgSHNd+v5Ado1MwUTAdBgNVHQ4EFgQUy+Glm3W365gc11pUT7xAnqmkcFww
        HwYDVR0jBBgwFoAUy+Glm3W365gc11pUT7xAnqmkcFwwDwYDVR0TAQH/BAUwAwEB
        /zAKBggqhkjOPQQDAgNIADBFAiEAo1GQwtJWRo4GoY7lFZVLOrMRS9EQImeZQFFn
        3lLje9wCIBIUYlLG7uPkXP8A4m6iWhlzLrpFLV3h6/uUm1JqUmNh
        -----END CERTIFICATE-----
        """;

    public string Name => "pem-keys";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        Encoding.UTF8.GetBytes(Rsa),
        Encoding.UTF8.GetBytes($"words\n{Ec}\n{Certificate}\n"),
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var text = Encoding.UTF8.GetString(input);
        var reading = PemKeys.Read(text, kid: null);
        if ((reading.Error is null) == (reading.Keys.Count == 0))
        {
            throw new InvalidDataException($"{reading.Keys.Count} keys beside the error {reading.Error}");
        }

        var blocks = text.Split("-----BEGIN ").Length - 1;
        if (reading.Error is null && reading.Keys.Count != blocks)
        {
            throw new InvalidDataException($"{reading.Keys.Count} keys of {blocks} blocks, and no error");
        }

        if (SigningKey.TryRead(text, out var key, out var problem))
        {
            key.Dispose();
        }
        else if (problem.Length == 0)
        {
            throw new InvalidDataException("refused without a reason");
        }
    }
}
