using Fabrik.Wire.S3.Signing;

namespace Fabrik.UnitTests.Wire.S3.Signing;

/// <summary>Headers of a request in a test: names and values in the order they were added.</summary>
internal sealed class TestHeaders(params (string Name, string Value)[] headers) : IRequestHeaders
{
    private readonly List<(string Name, string Value)> _headers = [.. headers];

    public IEnumerable<string> Names => _headers.Select(header => header.Name);

    public TestHeaders Add(string name, string value)
    {
        _headers.Add((name, value));
        return this;
    }

    public HeaderValues Get(string name)
    {
        string[] values =
        [
            .. _headers.Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                .Select(header => header.Value),
        ];
        return values.Length == 1 ? new HeaderValues(values[0]) : new HeaderValues(values);
    }
}

/// <summary>The access key and the time of the examples in the S3 documentation.</summary>
internal static class AwsExamples
{
    public const string AccessKeyId = "AKIAIOSFODNN7EXAMPLE";
    public const string Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    public const string Region = "us-east-1";
    public const string Date = "20130524T000000Z";

    public static readonly DateTimeOffset Time = new(2013, 5, 24, 0, 0, 0, TimeSpan.Zero);

    public static RequestSigner Signer =>
        new(new SigningCredentials(AccessKeyId, Secret), Region, new SigningKeyCache());

    public static SignatureVerifier Verifier => new(SignatureRules.S3 with { Region = Region }, new SigningKeyCache());
}
