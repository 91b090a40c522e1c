using System.Diagnostics.Metrics;
using System.Text.Json;
using Xunit;

namespace Fabrik.UnitTests.Observability.Metrics;

public sealed class MetricsJsonTests : IDisposable
{
    private readonly MetersFixture _meters = new();

    public void Dispose() => _meters.Dispose();

    [Fact]
    public void Write_OfEveryKind_IsThisJson()
    {
        _meters.Meter.CreateCounter<long>("requests", null, "Requests.").Add(2, new("tool", "a\"b"), new("kind", "ac"));
        _meters.Meter.CreateObservableGauge("ratio", () => 0.25);
        InstrumentAdvice<double> advice = new() { HistogramBucketBoundaries = [0.5, 1] };
        _meters.Meter.CreateHistogram("duration", "s", "", null, advice).Record(0.75);
        string expected = """
            {"metrics":[
              {"name":"duration_seconds","type":"histogram","help":"","series":[
                {"labels":{},"buckets":[{"le":0.5,"count":0},{"le":1,"count":1}],"sum":0.75,"count":1}]},
              {"name":"ratio","type":"gauge","help":"","series":[{"labels":{},"value":0.25}]},
              {"name":"requests_total","type":"counter","help":"Requests.","series":[
                {"labels":{"kind":"ac","tool":"a\"b"},"value":2}]}]}
            """;
        using JsonDocument parsed = JsonDocument.Parse(expected);
        Assert.True(JsonElement.DeepEquals(parsed.RootElement, _meters.Json()), _meters.Json().GetRawText());
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Value_ThatJsonHasNoWordFor_IsNull(double value)
    {
        _meters.Meter.CreateObservableGauge("ratio", () => value);
        JsonElement series = _meters.Json().GetProperty("metrics")[0].GetProperty("series")[0];
        Assert.Equal(JsonValueKind.Null, series.GetProperty("value").ValueKind);
    }

    [Fact]
    public void Label_WithHalfACharacter_IsStillJson()
    {
        _meters.Meter.CreateCounter<long>("hits").Add(1, new KeyValuePair<string, object?>("tool", "a\ud83d"));
        JsonElement series = _meters.Json().GetProperty("metrics")[0].GetProperty("series")[0];
        Assert.Equal("a\ufffd", series.GetProperty("labels").GetProperty("tool").GetString());
    }

    [Fact]
    public void Write_WithoutAnyValue_IsAnEmptyList() =>
        Assert.Equal("""{"metrics":[]}""", _meters.Json().GetRawText());
}
