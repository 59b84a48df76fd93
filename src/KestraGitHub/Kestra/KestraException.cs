namespace KestraGitHub.Kestra;

/// <summary>Why a call of Kestra failed, as far as callers have to tell cases apart.</summary>
public enum KestraFailureKind
{
    /// <summary>401: the credentials are missing or wrong.</summary>
    Auth,

    /// <summary>403: the credentials are known but may not do this.</summary>
    Forbidden,

    /// <summary>404 of an object, said by Kestra itself.</summary>
    NotFound,

    /// <summary>404 or 405 of an address: another version or edition, or something else than Kestra stands there.</summary>
    RouteMissing,

    /// <summary>400 or 422: what was sent is wrong.</summary>
    Invalid,

    /// <summary>409 or 423: the object is not as it was thought to be.</summary>
    Conflict,

    /// <summary>413 or 414.</summary>
    TooLarge,

    /// <summary>429.</summary>
    RateLimited,

    /// <summary>No connection, 502, 503, 504.</summary>
    Unavailable,

    /// <summary>No answer in time: a write may or may not have been done.</summary>
    Timeout,

    /// <summary>Not an answer of Kestra: a page of HTML, a cut body, no JSON, a broken ZIP, objects that were not asked for.</summary>
    Unreadable,

    /// <summary>This product cannot work with this server or this kind of object.</summary>
    Unsupported,

    /// <summary>500: the server failed by itself.</summary>
    Internal,
}

/// <summary>A call of Kestra that did not succeed. Its texts hold no credential and no query, and are fit for one line.</summary>
/// <remarks>With <c>passing</c> the same may well succeed a little later, whatever its kind.</remarks>
public sealed class KestraException : Exception
{
    public KestraException(
        KestraFailureKind kind, string method, string path, int? status, string reason, TimeSpan? retryAfter = null, bool passing = false,
        Exception? inner = null)
        : base(Compose(method, path, status, KestraText.OneLine(reason)), inner)
    {
        (Kind, Method, Path, Status, Reason, RetryAfter) = (kind, method, path, status, KestraText.OneLine(reason), retryAfter);
        IsTransient = passing || kind is KestraFailureKind.RateLimited or KestraFailureKind.Unavailable or KestraFailureKind.Timeout;
    }

    /// <summary>For what is found out between calls.</summary>
    public KestraException(KestraFailureKind kind, string reason, bool passing = false)
        : this(kind, "", "", null, reason, passing: passing)
    {
    }

    public KestraFailureKind Kind { get; }

    public string Method { get; }

    /// <summary>Path of the address, without host and query.</summary>
    public string Path { get; }

    public int? Status { get; }

    public string Reason { get; }

    public TimeSpan? RetryAfter { get; }

    /// <summary>True when the same may well succeed a little later.</summary>
    public bool IsTransient { get; }

    /// <summary>True when nobody can tell from this whether a write was done.</summary>
    internal bool LeavesInDoubt => Kind is KestraFailureKind.Unavailable or KestraFailureKind.Timeout or KestraFailureKind.Unreadable;

    private static string Compose(string method, string path, int? status, string reason) =>
        method.Length == 0 ? $"Kestra: {reason}"
        : status is { } s ? $"Kestra answered {s} to {method} {KestraText.OneLine(path, 300)}: {reason}"
        : $"Kestra, {method} {KestraText.OneLine(path, 300)}: {reason}";
}
