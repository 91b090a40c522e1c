using System.Diagnostics.Metrics;
using Fabrik.Observability.Metrics;
using Xunit;

namespace Fabrik.UnitTests.Observability.Metrics;

public sealed class MetricNameTests
{
    [Theory]
    [InlineData("fabrik.cache.hits", null, "fabrik_cache_hits_total")]
    [InlineData("fabrik_cache_hits", "{request}", "fabrik_cache_hits_total")]
    [InlineData("fabrik_cache_hits_total", null, "fabrik_cache_hits_total")]
    [InlineData("sent", "By", "sent_bytes_total")]
    [InlineData("sent_total", "By", "sent_bytes_total")]
    [InlineData("sent_bytes_total", "By", "sent_bytes_total")]
    [InlineData("9 lives", "s", "_9_lives_seconds_total")]
    public void Counter_OfAnyName_EndsInUnitAndTotal(string name, string? unit, string expected)
    {
        using Meter meter = new("names");
        Assert.Equal(expected, MetricName.Of(meter.CreateCounter<long>(name, unit), MetricKind.Counter));
    }

    [Theory]
    [InlineData("fabrik.request.duration", "s", "fabrik_request_duration_seconds")]
    [InlineData("duration_seconds", "s", "duration_seconds")]
    [InlineData("size", "By", "size_bytes")]
    [InlineData("active", "{request}", "active")]
    public void OtherKinds_OfAnyName_EndInTheUnitOnly(string name, string? unit, string expected)
    {
        using Meter meter = new("names");
        Assert.Equal(expected, MetricName.Of(meter.CreateHistogram<double>(name, unit), MetricKind.Histogram));
    }

    [Theory]
    [InlineData("tool", "tool")]
    [InlineData("http.method", "http_method")]
    [InlineData("1st", "_1st")]
    [InlineData("größe", "gr__e")]
    [InlineData("", "_")]
    public void Clean_OfALabel_IsAName(string name, string expected) => Assert.Equal(expected, MetricName.Clean(name));
}
