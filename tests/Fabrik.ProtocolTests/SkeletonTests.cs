using Xunit;

namespace Fabrik.ProtocolTests;

public sealed class SkeletonTests
{
    [Fact]
    public void Runtime_IsNet10() => Assert.Equal(10, Environment.Version.Major);
}
