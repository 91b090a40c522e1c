using Fabrik.Proxies.Access;
using Fabrik.Proxies.Configuration;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Proxies.Limits;

/// <summary>
/// Limits of a bucket, and those of the whole proxy around it: rates and requests at a time, for all clients together
/// and for each. Whoever is let in has been counted everywhere; whoever is not, nowhere.
/// </summary>
public sealed class RequestLimit : IRequestLimit
{
    private readonly RequestLimitOptions _options;
    private readonly LimitState _state;
    private readonly TimeProvider _time;
    private readonly Pace? _pace;
    private readonly Pace? _clientPace;

    /// <summary>Makes a limit.</summary>
    /// <param name="options">How much.</param>
    /// <param name="state">What was counted so far.</param>
    /// <param name="time">The clock.</param>
    public RequestLimit(RequestLimitOptions options, LimitState state, TimeProvider time)
    {
        (_options, _state, _time) = (options, state, time);
        _pace = options.Rate is { } rate ? new Pace(rate, options.Burst ?? rate) : null;
        _clientPace = options.ClientRate is { } each ? new Pace(each, options.ClientBurst ?? each) : null;
    }

    /// <summary>Which client a request is counted for.</summary>
    public required Func<HttpContext, ClientKey> Client { get; init; }

    /// <summary>What has to let it in too; null for nothing.</summary>
    public RequestLimit? Around { get; init; }

    /// <inheritdoc/>
    public bool TryEnter(HttpContext context, out LimitRefusal refusal)
    {
        refusal = default;
        if (OwnRequest.Is(context))
        {
            return true;
        }

        if (Around?.TryEnter(context, out refusal) == false)
        {
            return false;
        }

        var account = _options.HasClients ? _state.Clients.Find(Client(context)) : null;
        if (TryCount(account, out refusal))
        {
            if (account is not null)
            {
                Passes(context).Add((this, account));
            }

            return true;
        }

        Around?.Exit(context, isForNothing: true);
        return false;
    }

    /// <inheritdoc/>
    public void Leave(HttpContext context) => Exit(context, isForNothing: false);

    private void Exit(HttpContext context, bool isForNothing)
    {
        if (OwnRequest.Is(context))
        {
            return;
        }

        Interlocked.Decrement(ref _state.Running);
        if (isForNothing)
        {
            _pace?.Return(ref _state.FullAt);
        }

        if (_options.HasClients)
        {
            var passes = Passes(context);
            var at = passes.FindIndex(pass => ReferenceEquals(pass.Limit, this));
            var account = passes[at].Account;
            passes.RemoveAt(at);
            Interlocked.Decrement(ref account.Running);
            if (isForNothing)
            {
                _clientPace?.Return(ref account.FullAt);
            }
        }

        Around?.Exit(context, isForNothing);
    }

    // What is counted at a time comes first: a request that finds no room must not cost anybody a turn.
    private bool TryCount(ClientAccount? account, out LimitRefusal refusal)
    {
        refusal = default;
        if (!TryAdd(ref _state.Running, _options.Concurrency))
        {
            refusal = new LimitRefusal(IsFull: true, RetryAfter: null);
            return false;
        }

        if (account is not null && !TryAdd(ref account.Running, _options.ClientConcurrency))
        {
            Interlocked.Decrement(ref _state.Running);
            return false;
        }

        if (TryPace(account, out var wait))
        {
            return true;
        }

        Interlocked.Decrement(ref _state.Running);
        if (account is not null)
        {
            Interlocked.Decrement(ref account.Running);
        }

        refusal = new LimitRefusal(IsFull: false, wait);
        return false;
    }

    private bool TryPace(ClientAccount? account, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        var now = _time.GetUtcNow().UtcTicks;
        if (account is not null && _clientPace?.TryTake(ref account.FullAt, now, out wait) == false)
        {
            return false;
        }

        if (_pace is null || _pace.TryTake(ref _state.FullAt, now, out wait))
        {
            return true;
        }

        if (account is not null)
        {
            _clientPace?.Return(ref account.FullAt);
        }

        return false;
    }

    private static bool TryAdd(ref int running, int? limit)
    {
        if (Interlocked.Increment(ref running) <= (limit ?? int.MaxValue))
        {
            return true;
        }

        Interlocked.Decrement(ref running);
        return false;
    }

    // The account is remembered, since under pressure the table may give another one by then.
    private static List<(RequestLimit Limit, ClientAccount Account)> Passes(HttpContext context)
    {
        if (context.Features.Get<List<(RequestLimit, ClientAccount)>>() is { } passes)
        {
            return passes;
        }

        passes = [];
        context.Features.Set(passes);
        return passes;
    }
}
