namespace Fabrik.Cache.Resilience;

/// <summary>
/// Lets extra requests be at most a share of the ordinary ones, with a few saved up: each ordinary request pays a part
/// of a token in, each extra one takes a whole token out.
/// </summary>
internal sealed class RatioBudget
{
    private const long Token = 1_000_000;
    private readonly long _share;
    private readonly long _max;
    private long _balance;

    /// <summary>A budget that begins full.</summary>
    /// <param name="ratio">Extra requests per ordinary one, above 0 and at most 1.</param>
    /// <param name="burst">Tokens that may be saved up.</param>
    public RatioBudget(double ratio, int burst)
    {
        _share = (long)(ratio * Token);
        _max = burst * Token;
        _balance = _max;
    }

    /// <summary>An ordinary request was sent.</summary>
    public void PayIn()
    {
        var balance = Volatile.Read(ref _balance);
        while (balance < _max)
        {
            var seen = Interlocked.CompareExchange(ref _balance, Math.Min(_max, balance + _share), balance);
            if (seen == balance)
            {
                return;
            }

            balance = seen;
        }
    }

    /// <summary>Whether an extra request may be sent; it is paid for then.</summary>
    public bool TryTake()
    {
        var balance = Volatile.Read(ref _balance);
        while (balance >= Token)
        {
            var seen = Interlocked.CompareExchange(ref _balance, balance - Token, balance);
            if (seen == balance)
            {
                return true;
            }

            balance = seen;
        }

        return false;
    }
}
