namespace Fabrik.Proxies.Origins;

/// <summary>
/// A read that asks a second replica when the first one is slow. The first good answer counts; the other request is
/// ended, and ended requests say nothing about a replica's health.
/// </summary>
internal sealed class HedgedRead(OriginRequest request, TimeSpan patience, TimeProvider time)
{
    /// <summary>Reads.</summary>
    /// <param name="first">Who is asked first.</param>
    /// <param name="findRival">Who is asked besides; asked once, and null where nobody is to be.</param>
    /// <param name="cancellationToken">Ends both requests.</param>
    public async ValueTask<OriginResult<OriginResponse>> RunAsync(
        Replica first, Func<Replica?> findRival, CancellationToken cancellationToken)
    {
        using var firstEnd = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var one = first.SendAsync(request, firstEnd.Token).AsTask();
        if (await IsInTimeAsync(one, cancellationToken) || findRival() is not { } rival)
        {
            return await one;
        }

        using var secondEnd = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var other = rival.SendAsync(request, secondEnd.Token).AsTask();
        var winner = await Task.WhenAny(one, other);
        var loser = winner == one ? other : one;
        if (!await IsGoodAsync(winner))
        {
            // The slower one may still do better.
            await Task.WhenAny(loser);
            (winner, loser) = await IsGoodAsync(loser) ? (loser, winner) : (winner, loser);
        }

        await (loser == one ? firstEnd : secondEnd).CancelAsync();
        await LetGoAsync(loser);
        return await winner;
    }

    private async ValueTask<bool> IsInTimeAsync(Task sent, CancellationToken cancellationToken)
    {
        using var pause = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(sent, Task.Delay(patience, time, pause.Token));
        await pause.CancelAsync();
        return sent.IsCompleted;
    }

    private static async ValueTask<bool> IsGoodAsync(Task<OriginResult<OriginResponse>> sent) =>
        sent.IsCompletedSuccessfully && (await sent).TryGet(out var response, out _) && response.Fault is null;

    private static async Task LetGoAsync(Task<OriginResult<OriginResponse>> loser)
    {
        try
        {
            if ((await loser).TryGet(out var response, out _))
            {
                await response.DisposeAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // That is what was wanted.
        }
    }
}
