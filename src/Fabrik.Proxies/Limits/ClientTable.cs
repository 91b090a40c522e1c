namespace Fabrik.Proxies.Limits;

/// <summary>
/// What clients have used, of as many as there is room for: a table of sets with eight places each. A full set gives up
/// who has the least on their account, so that nobody can make room for themselves by names that they invent.
/// </summary>
internal sealed class ClientTable
{
    /// <summary>Clients that are told apart at a time.</summary>
    public const int Capacity = 64 * 1024;

    private const int Ways = 8;
    private const int Stripes = 64;

    private readonly ClientAccount?[] _places = new ClientAccount?[Capacity];
    private readonly Lock[] _locks = [.. Enumerable.Range(0, Stripes).Select(static _ => new Lock())];

    /// <summary>The account of a client; under pressure it may be one that others use too.</summary>
    public ClientAccount Find(ClientKey key)
    {
        // The hash is seeded by the process: nobody can choose names that fall into one set.
        var set = (int)((uint)key.GetHashCode() % (Capacity / Ways));
        var places = _places.AsSpan(set * Ways, Ways);
        return Look(places, key) ?? Add(places, key, _locks[set % Stripes]);
    }

    private static ClientAccount? Look(Span<ClientAccount?> places, ClientKey key)
    {
        foreach (ref var place in places)
        {
            if (Volatile.Read(ref place) is { } account && account.Key == key)
            {
                return account;
            }
        }

        return null;
    }

    private static ClientAccount Add(Span<ClientAccount?> places, ClientKey key, Lock gate)
    {
        lock (gate)
        {
            if (Look(places, key) is { } known)
            {
                return known;
            }

            var least = -1;
            for (var i = 0; i < Ways; i++)
            {
                if (places[i] is not { } taken)
                {
                    least = i;
                    break;
                }

                if (taken.Running == 0 && (least < 0 || taken.FullAt < places[least]!.FullAt))
                {
                    least = i;
                }
            }

            if (least < 0)
            {
                return places[0]!;
            }

            ClientAccount added = new(key);
            Volatile.Write(ref places[least], added);
            return added;
        }
    }
}

/// <summary>What one client has used.</summary>
/// <param name="key">Who it is.</param>
internal sealed class ClientAccount(ClientKey key)
{
    /// <summary>When its bucket is full again, in ticks.</summary>
    public long FullAt;

    /// <summary>Its requests that run.</summary>
    public int Running;

    /// <summary>Who it is.</summary>
    public ClientKey Key => key;
}
