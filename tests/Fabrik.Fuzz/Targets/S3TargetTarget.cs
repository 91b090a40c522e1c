using System.Text;
using Fabrik.Wire.S3;

namespace Fabrik.Fuzz.Targets;

/// <summary>S3 request targets: what is taken can be written again and names the same; the path stays raw.</summary>
internal sealed class S3TargetTarget : IFuzzTarget
{
    private static readonly string[] Domains = ["s3.example.com", "localhost"];

    public string Name => "s3-target";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        "/bkt/a%20b//../%E1%88%B4+c?list-type=2&prefix=a%2Fb\nlocalhost:9000"u8.ToArray(),
        "/key?uploads\nbkt.s3.example.com"u8.ToArray(),
        "http://bkt.localhost/key?partNumber=1&uploadId=x\nh"u8.ToArray(),
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var text = Encoding.UTF8.GetString(input);
        var line = text.IndexOf('\n', StringComparison.Ordinal);
        var target = line < 0 ? text : text[..line];
        var host = line < 0 ? "localhost" : text[(line + 1)..];
        if (S3Target.Parse(target, host, Domains, out var parsed) != S3TargetFault.None)
        {
            return;
        }

        foreach (var (name, _) in parsed.Query)
        {
            if (S3Uri.TryDecode(name, plusIsSpace: true, out var decoded) && !parsed.Query.Has(decoded))
            {
                throw new InvalidDataException($"'{decoded}' is not found in '{parsed.Query.Raw}'");
            }
        }

        var again = $"/{parsed.Bucket}{(parsed.Bucket.Length > 0 ? "/" : "")}{S3Uri.EncodePath(parsed.Key)}";
        if (S3Target.Parse(again, "", [], out var second) != S3TargetFault.None
            || (second.Bucket, second.Key) != (parsed.Bucket, parsed.Key)
            || !target.Contains(parsed.RawPath.TrimEnd('/'), StringComparison.Ordinal))
        {
            throw new InvalidDataException($"'{target}' at '{host}' was read as {parsed} and '{again}' as {second}");
        }
    }
}
