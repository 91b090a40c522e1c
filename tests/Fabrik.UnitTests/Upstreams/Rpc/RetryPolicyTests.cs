using Fabrik.Upstreams.Rpc;
using Fabrik.Wire.Grpc;
using Xunit;

namespace Fabrik.UnitTests.Upstreams.Rpc;

public class RetryPolicyTests
{
    [Theory]
    [InlineData(1, 0, 80)]
    [InlineData(1, 0.5, 100)]
    [InlineData(2, 0.5, 200)]
    [InlineData(4, 0.5, 800)]
    [InlineData(5, 0.5, 1000)]
    [InlineData(2000, 1, 1200)]
    public void BackoffAfter_Attempts_GrowsUpToItsLimitWithJitter(int attempts, double jitter, double milliseconds) =>
        Assert.Equal(milliseconds, new RetryPolicy().BackoffAfter(attempts, jitter).TotalMilliseconds, precision: 3);

    [Fact]
    public void Budget_FailuresAndSuccesses_AllowsRetriesAboveHalf()
    {
        var budget = new RetryBudget(new RetryThrottlingPolicy { MaxTokens = 4, TokenRatio = 0.5 });
        budget.Failed();
        Assert.True(budget.AllowsRetry);
        budget.Failed();
        Assert.False(budget.AllowsRetry);
        budget.Succeeded();
        Assert.True(budget.AllowsRetry);
        for (var i = 0; i < 10; i++)
        {
            budget.Failed();
        }

        // Not below 0: five successes are 2.5 tokens.
        for (var i = 0; i < 4; i++)
        {
            budget.Succeeded();
        }

        Assert.False(budget.AllowsRetry);
        budget.Succeeded();
        Assert.True(budget.AllowsRetry);
    }

    [Fact]
    public void Channel_PolicyIsNotPossible_SaysWhatIsWrong()
    {
        GrpcChannelOptions[] options =
        [
            new() { RetryPolicy = new RetryPolicy { MaxAttempts = 1 } },
            new() { RetryPolicy = new RetryPolicy { InitialBackoff = TimeSpan.Zero } },
            new() { RetryPolicy = new RetryPolicy { MaxBackoff = TimeSpan.Zero } },
            new() { RetryPolicy = new RetryPolicy { BackoffMultiplier = double.NaN } },
            new() { RetryPolicy = new RetryPolicy { RetryableStatusCodes = Array.Empty<StatusCode>() } },
            new() { RetryThrottling = new RetryThrottlingPolicy { MaxTokens = 1001 } },
            new() { RetryThrottling = new RetryThrottlingPolicy { MaxTokens = 0 } },
            new() { RetryThrottling = new RetryThrottlingPolicy { TokenRatio = 0 } },
            new() { Compression = "deflate" },
        ];
        Assert.All(options, static wrong =>
            Assert.Throws<ArgumentException>(() => GrpcChannel.ForAddress("http://localhost", wrong)));
    }
}
