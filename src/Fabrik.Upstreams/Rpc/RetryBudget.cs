namespace Fabrik.Upstreams.Rpc;

/// <summary>The tokens of a <see cref="RetryThrottlingPolicy"/>, for all calls of a channel.</summary>
internal sealed class RetryBudget
{
    private readonly int _max;
    private readonly int _refill;
    private int _thousandths;

    public RetryBudget(RetryThrottlingPolicy policy)
    {
        _max = policy.MaxTokens * 1000;
        _refill = (int)Math.Min(policy.TokenRatio * 1000, _max);
        _thousandths = _max;
    }

    /// <summary>Whether there is enough left for another attempt.</summary>
    public bool AllowsRetry => Volatile.Read(ref _thousandths) > _max / 2;

    /// <summary>Notes a call that succeeded.</summary>
    public void Succeeded() => Add(_refill);

    /// <summary>Notes an attempt that failed in a way that is worth another one.</summary>
    public void Failed() => Add(-1000);

    private void Add(int change)
    {
        int before;
        int after;
        do
        {
            before = Volatile.Read(ref _thousandths);
            after = Math.Clamp(before + change, 0, _max);
        }
        while (Interlocked.CompareExchange(ref _thousandths, after, before) != before);
    }
}
