using System.Text;
using Fabrik.Wire.Http;

namespace Fabrik.Fuzz.Targets;

/// <summary>Digest headers: what is found stands there, and is found again when it is written out.</summary>
internal sealed class DigestFieldsTarget : IFuzzTarget
{
    public string Name => "digest-fields";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        "sha-256=:RK/5qy6MsqKMdgf8jR0i0C1I5r4Tt9uHI1vCkP0Ekks=:"u8.ToArray(),
        "sha-512=:AAAA:, sha-256=:RK/5qy6MsqKMdgf8jR0i0C1I5r4Tt9uHI1vCkP0Ekks=:;a=1"u8.ToArray(),
        "SHA-256=RK/5qy6MsqKMdgf8jR0i0C1I5r4Tt9uHI1vCkP0Ekks=,md5=AAAA"u8.ToArray(),
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var field = Encoding.Latin1.GetString(input);
        Span<byte> digest = stackalloc byte[DigestFields.Sha256Length];
        if (DigestFields.FindSha256(field, digest) != DigestFinding.Found)
        {
            return;
        }

        Span<byte> again = stackalloc byte[DigestFields.Sha256Length];
        var written = $"sha-256=:{Convert.ToBase64String(digest)}:";
        if (DigestFields.FindSha256(written, again) != DigestFinding.Found || !again.SequenceEqual(digest))
        {
            throw new InvalidDataException($"'{field}' has a digest that '{written}' has not");
        }
    }
}
