using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using Amazon.S3;
using Fabrik.Wire.S3.Signing;

namespace Fabrik.Upstreams.S3;

/// <summary>
/// The credentials that AWS's tools find: variables, profile, web identity, container, instance. They are looked for
/// when they are wanted first, and from then on in the background: no request waits for a renewal.
/// </summary>
public sealed class ChainCredentials : IAsyncDisposable
{
    // Temporary credentials are renewed minutes before their end: looking this often is early enough.
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    // Where there are none, the chain ends at an address that does not answer: it is not asked for each request.
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly Func<Task<SigningCredentials>> _find;
    private readonly Action<string> _failed;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private Task<SigningCredentials>? _search;
    private SigningCredentials? _current;
    private ITimer? _timer;
    private Task _renewal = Task.CompletedTask;
    private long _failedAt;
    private bool _isDisposed;

    /// <summary>Nothing is looked for yet.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="failed">Told why credentials could not be had or renewed; without secrets.</param>
    public ChainCredentials(TimeProvider time, Action<string> failed)
        : this(time, failed, FindAsync)
    {
    }

    internal ChainCredentials(TimeProvider time, Action<string> failed, Func<Task<SigningCredentials>> find)
    {
        (_time, _failed, _find) = (time, failed, find);
    }

    /// <summary>The credentials of now, from memory once they were found.</summary>
    /// <exception cref="IOException">There are none.</exception>
    public ValueTask<SigningCredentials?> GetAsync(CancellationToken cancellationToken) =>
        Volatile.Read(ref _current) is { } current ? new(current) : SearchAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Task renewal;
        lock (_lock)
        {
            _isDisposed = true;
            renewal = _renewal;
        }

        if (_timer is not null)
        {
            await _timer.DisposeAsync();
        }

        await renewal;
    }

    private async ValueTask<SigningCredentials?> SearchAsync(CancellationToken cancellationToken)
    {
        Task<SigningCredentials> search;
        lock (_lock)
        {
            // A search that failed is the answer for a while.
            if (_search is null || (_search.IsFaulted && _time.GetElapsedTime(_failedAt) >= RetryAfter))
            {
                _search = StartAsync();
            }

            search = _search;
        }

        return await search.WaitAsync(cancellationToken);
    }

    private async Task<SigningCredentials> StartAsync()
    {
        try
        {
            var found = await _find();
            Volatile.Write(ref _current, found);
            lock (_lock)
            {
                _timer ??= _isDisposed ? null : _time.CreateTimer(_ => Renew(), null, Interval, Interval);
            }

            return found;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            _failedAt = _time.GetTimestamp();
            _failed(error.Message);
            throw new IOException("no AWS credentials were found", error);
        }
    }

    private void Renew()
    {
        lock (_lock)
        {
            if (!_isDisposed && _renewal.IsCompleted)
            {
                _renewal = RenewAsync();
            }
        }
    }

    private async Task RenewAsync()
    {
        try
        {
            Volatile.Write(ref _current, await _find());
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // Those from before are good until they end, and may be renewed by then.
            _failed(error.Message);
        }
    }

    private static async Task<SigningCredentials> FindAsync()
    {
        AWSCredentials chain = await DefaultAWSCredentialsIdentityResolver.GetCredentialsAsync(new AmazonS3Config());
        var found = await chain.GetCredentialsAsync();
        var token = string.IsNullOrEmpty(found.Token) ? null : found.Token;
        return new SigningCredentials(found.AccessKey, found.SecretKey, token);
    }
}
