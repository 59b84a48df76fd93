namespace KestraGitHub.Storage;

/// <summary>The database cannot take or answer it now (away, full, locked, closing). Nothing of the write is stored; asking again later may work.</summary>
public sealed class StorageUnavailableException : Exception
{
    public StorageUnavailableException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

/// <summary>The service must not start on this storage. The message says why and what to do, for the person at the terminal.</summary>
public sealed class StorageRefusedException : Exception
{
    public StorageRefusedException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
