using System.Text;
using Fabrik.Wire.S3.Signing;

namespace Fabrik.Fuzz.Targets;

/// <summary>Signatures in headers and queries: any text is claims or a finding, and none made up is genuine.</summary>
internal sealed class S3SignatureTarget : IFuzzTarget
{
    private static readonly SignatureVerifier Verifier = new(SignatureRules.S3, new SigningKeyCache(16));
    private static readonly DateTimeOffset Now = new(2013, 5, 24, 0, 0, 0, TimeSpan.Zero);

    public string Name => "s3-signature";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        Encoding.ASCII.GetBytes(
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
            + $"SignedHeaders=host;x-amz-date, Signature={new string('a', 64)}\n/bkt/key\nuploads"),
        Encoding.ASCII.GetBytes(
            "\n/bkt/a%20b\nX-Amz-Algorithm=AWS4-HMAC-SHA256"
            + "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
            + "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
            + $"&X-Amz-Signature={new string('b', 64)}"),
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var fields = Encoding.UTF8.GetString(input).Split('\n', 3);
        SignableRequest request = new(
            "GET", fields.ElementAtOrDefault(1) ?? "/", fields.ElementAtOrDefault(2) ?? "", new Headers(fields[0]));
        var finding = SignatureVerifier.Read(request, out var claims);
        if (finding.IsOk != claims is not null)
        {
            throw new InvalidDataException($"{finding} with claims: {claims is not null}");
        }

        if (claims is not null && Verifier.Verify(request, claims, "secret", Now).IsOk)
        {
            throw new InvalidDataException("a signature that nobody made is genuine");
        }
    }

    private sealed class Headers(string authorization) : IRequestHeaders
    {
        public IEnumerable<string> Names => ["host", "authorization", "x-amz-date", "x-amz-content-sha256"];

        public HeaderValues Get(string name) => new(name switch
        {
            "host" => "localhost",
            "authorization" when authorization.Length > 0 => authorization,
            "x-amz-date" => "20130524T000000Z",
            "x-amz-content-sha256" => Payloads.Unsigned,
            _ => null,
        });
    }
}
