using Fabrik.Upstreams.S3;
using Xunit;

namespace Fabrik.ProtocolTests.S3;

/// <summary>Against s3rver.</summary>
public sealed class S3rverTests(S3rver server) : S3Conformance, IClassFixture<S3rver>
{
    protected override S3Options Options => server.Options;

    protected override bool HasConditions => false;
}
