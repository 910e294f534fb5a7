# PRIVATE. Counts who signed in and how in the HttpProxy logs of this server. It is put into exchange_shell.ps1 where it
# is asked for. Constant and ASCII like that one; names of protocols and clients come as data in the request.
#
# One call counts for some seconds, newest file first, and says of each file how many of its lines were counted; the
# next call is given that, and goes on there. Whatever is written between two calls: no line is counted twice, and none
# is left out. What it holds is bounded: as many rows as it was asked for, one line of a log, and a list of the files.

function Get-LogFolder {
    # Below the folder that Exchange was installed into, which it notes in two places.
    param([string] $Given)
    if ($Given) { return $Given }
    $installed = $env:ExchangeInstallPath
    if (-not $installed) { $installed = [Microsoft.Win32.Registry]::GetValue('HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\ExchangeServer\v15\Setup', 'MsiInstallPath', '') }
    if (-not $installed) { throw 'Neither ExchangeInstallPath nor the registry says where Exchange is installed.' }
    return [System.IO.Path]::Combine($installed, 'Logging', 'HttpProxy')
}

function Add-Gap {
    # A file or folder that is not in the counts, and why. The first fifty are named, the others counted.
    param($State, [string] $Path, [string] $Reason)
    $State.GapCount++
    if ($State.Gaps.Count -lt 50) { [void]$State.Gaps.Add([ordered]@{ gap = $Path; reason = $Reason }) }
}

function Get-LogFile {
    # The logs that were written since then, the newest first. A fresh one may still be written to, and what its folder
    # says of it may be old.
    param($State, [string] $Folder, $Protocols, [datetime] $Since, [datetime] $Fresh)
    $found = New-Object 'System.Collections.Generic.SortedList[string,object]' ([System.StringComparer]::Ordinal)
    $there = 0
    foreach ($pair in $Protocols) {
        $name, $protocol = ([string]$pair).Split('=')
        $place = [System.IO.Path]::Combine($Folder, $name)
        try {
            foreach ($file in (New-Object System.IO.DirectoryInfo $place).GetFiles()) {
                if (-not $file.Name.EndsWith('.LOG', [System.StringComparison]::OrdinalIgnoreCase)) { continue }
                if ($file.LastWriteTimeUtc -lt $Since) { continue }
                $age = ([datetime]::MaxValue.Ticks - $file.LastWriteTimeUtc.Ticks).ToString('d20', [Globalization.CultureInfo]::InvariantCulture)
                $path = $name + '/' + $file.Name
                $found[$age + ' ' + $path] = New-Object psobject -Property @{ Path = $path; Full = $file.FullName; Protocol = $protocol; Written = $file.LastWriteTimeUtc; Length = $file.Length; Fresh = ($file.LastWriteTimeUtc -ge $Fresh); Line = [long]0; Size = [long]-1 }
            }
            $there++
        }
        catch {
            $cause = $_.Exception.GetBaseException()
            # A folder that is not there: nobody has used that protocol on this server.
            if ($cause -is [System.IO.DirectoryNotFoundException]) { continue }
            $there++
            Add-Gap $State $name ([string]$cause.Message)
        }
    }
    if ($there -eq 0) { throw ('There is no folder of logs in ' + $Folder) }
    return , $found.Values
}

function Get-ClientFamily {
    # The first name whose text is in the user agent.
    param([string] $Agent, $Clients)
    foreach ($pair in $Clients) {
        $at = $pair.LastIndexOf('=')
        if ($Agent.IndexOf($pair.Substring(0, $at), [System.StringComparison]::OrdinalIgnoreCase) -ge 0) { return $pair.Substring($at + 1) }
    }
    return ''
}

function Find-Column {
    # Where the columns are, by the header of the file; a name where one is missing.
    param([string[]] $Header)
    $places = @{}
    for ($place = 0; $place -lt $Header.Length; $place++) { $places[$Header[$place].Trim()] = $place }
    $columns = New-Object 'System.Collections.Generic.List[int]'
    foreach ($name in 'DateTime', 'AuthenticationType', 'IsAuthenticated', 'AuthenticatedUser', 'UserAgent', 'HttpStatus') {
        if (-not $places.ContainsKey($name)) { return $name }
        $columns.Add([int]$places[$name])
    }
    return , $columns
}

function Test-LineEnd {
    # Whether what was read of a file ends with the end of a line.
    param($Stream)
    if ($Stream.Position -eq 0) { return $true }
    [void]$Stream.Seek(-1, [System.IO.SeekOrigin]::Current)
    return $Stream.ReadByte() -eq 10
}

function Read-LogFile {
    # Counts one file, from a line on, until the time or the room for rows is over. Whether it was read to its end. The
    # file gets how many of its lines are counted, and the size that was read where that is all of it.
    param($State, $File, [long] $From, [long] $Size)
    $rows = $State.Rows
    $families = $State.Families
    $protocol = $File.Protocol
    $seen = $State.Protocols[$protocol]
    if ($null -eq $seen) { $seen = @{ First = ''; Last = ''; Days = (New-Object 'System.Collections.Generic.HashSet[string]') }; $State.Protocols[$protocol] = $seen }
    $comma = [char[]]@(',')
    $quoted = New-Object System.Text.RegularExpressions.Regex '\G(?:"((?:[^"]|"")*)"|([^,]*))(?:,|$)'
    $since = $State.Since
    $until = $State.Until
    $day = ''
    $low = ''
    $high = ''
    $fresh = [bool]$File.Fresh
    $columns = $null
    $parts = 0
    $number = [long]0
    $counted = [long]0
    $odd = 0
    $stream = New-Object System.IO.FileStream -ArgumentList $File.Full, ([System.IO.FileMode]::Open), ([System.IO.FileAccess]::Read), ([System.IO.FileShare]'ReadWrite, Delete'), 65536, ([System.IO.FileOptions]::SequentialScan)
    $reader = New-Object System.IO.StreamReader -ArgumentList $stream, ([System.Text.Encoding]::UTF8), $true, 65536
    try {
        if ($stream.Length -eq $Size) {
            $File.Size = $Size
            return $true
        }
        while ($true) {
            $counted = $number
            $line = $reader.ReadLine()
            if ($null -eq $line) { break }
            # A line that is still being written is left to a later call.
            if ($fresh -and $reader.EndOfStream -and -not (Test-LineEnd $stream)) { break }
            $number++
            if (($number -band 255) -eq 0 -and $number -gt $From -and $State.Clock.ElapsedMilliseconds -ge $State.Most) { return $false }
            if ($line.Length -eq 0) { continue }
            if ($line[0] -eq '#' -or $null -eq $columns) {
                $header = $null
                if ($line.StartsWith('#Fields:', [System.StringComparison]::OrdinalIgnoreCase)) { $header = $line.Substring(8) }
                elseif ($line[0] -ne '#') { $header = $line }
                if ($null -eq $header) { continue }
                $columns = Find-Column $header.Split($comma)
                if ($columns -is [string]) { throw ('the header of the file is not known: it has no column ' + $columns) }
                $at, $type, $yes, $user, $agent, $status = $columns
                $parts = 1
                foreach ($place in $columns) { if ($place + 2 -gt $parts) { $parts = $place + 2 } }
                continue
            }
            $begun = $number
            $first = $line.IndexOf('"')
            $fields = $null
            if ($first -ge 0) {
                # A quoted value may go on in the next line. One that does not end is the end of a file that was cut.
                $marks = $line.Length - $line.Replace('"', '').Length
                while (($marks -band 1) -eq 1 -and $line.Length -lt 1048576 -and $null -ne ($more = $reader.ReadLine())) {
                    $number++
                    $line = $line + "`n" + $more
                    $marks += $more.Length - $more.Replace('"', '').Length
                }
                if ($fresh -and $reader.EndOfStream -and (($marks -band 1) -eq 1 -or -not (Test-LineEnd $stream))) { break }
                if (($marks -band 1) -eq 1) { if ($begun -gt $From) { $odd++ }; continue }
            }
            # What was counted before is read over.
            if ($begun -le $From) { continue }
            $fields = $line.Split($comma, $parts)
            if ($fields.Length -lt $parts -and $fields.Length -lt ($parts - 1)) { $odd++; continue }
            if ($first -ge 0 -and ($fields.Length -lt $parts -or $first -lt ($line.Length - $fields[$parts - 1].Length))) {
                $fields = New-Object string[] $parts
                $place = 0
                foreach ($match in $quoted.Matches($line)) {
                    if ($place -ge $parts) { break }
                    if ($match.Groups[1].Success) { $fields[$place] = $match.Groups[1].Value.Replace('""', '"') } else { $fields[$place] = $match.Groups[2].Value }
                    $place++
                }
                if ($place -lt ($parts - 1)) { $odd++; continue }
            }
            $time = $fields[$at]
            if ($time.Length -lt 20 -or $time[10] -ne 'T' -or $time[4] -ne '-') { $odd++; continue }
            $time = $time.Substring(0, 19)
            if ([string]::CompareOrdinal($time, $since) -lt 0 -or [string]::CompareOrdinal($time, $until) -ge 0) { continue }
            $State.Lines++
            if (-not $time.StartsWith($day, [System.StringComparison]::Ordinal) -or $day -eq '') {
                $day = $time.Substring(0, 10)
                [void]$seen.Days.Add($day)
            }
            if ($low -eq '' -or [string]::CompareOrdinal($time, $low) -lt 0) { $low = $time }
            if ([string]::CompareOrdinal($time, $high) -gt 0) { $high = $time }
            $person = $fields[$user]
            $kind = $fields[$type]
            if ($person.Length -gt 0) {
                $account = $person.Substring($person.LastIndexOf('\') + 1)
                # Exchange itself: its probes, and servers among themselves.
                if ($account.StartsWith('HealthMailbox', [System.StringComparison]::OrdinalIgnoreCase) -or $account.StartsWith('SystemMailbox', [System.StringComparison]::OrdinalIgnoreCase) -or $account.EndsWith('$') -or $account.Contains('$@')) { $State.Ignored++; continue }
                if ($fields[$status] -eq '401') { $State.Refused++; continue }
                if ($fields[$yes] -ne 'true') { $person = ''; $kind = '' }
            }
            $client = $fields[$agent]
            $family = $families[$client]
            if ($null -eq $family) {
                if ($families.get_Count() -ge 4096) { $families.Clear() }
                $family = Get-ClientFamily $client $State.Clients
                $families[$client] = $family
            }
            $key = $protocol + "`t" + $kind.Replace("`t", ' ') + "`t" + $family + "`t" + $person
            $row = $rows[$key]
            if ($null -eq $row) {
                if ($rows.Count -ge $State.Room) { $State.Lines--; return $false }
                $rows[$key] = [object[]]@([long]1, $time, $time)
            }
            else {
                $row[0]++
                if ([string]::CompareOrdinal($time, $row[1]) -lt 0) { $row[1] = $time }
                if ([string]::CompareOrdinal($time, $row[2]) -gt 0) { $row[2] = $time }
            }
        }
        if ($null -eq $columns -and $number -gt 0) { throw 'the file has no header' }
        $File.Size = $stream.Position
        return $true
    }
    finally {
        $State.Odd += $odd
        $File.Line = [Math]::Max($From, $counted)
        $reader.Dispose()
        if ($low -ne '') {
            if ($seen.First -eq '' -or [string]::CompareOrdinal($low, $seen.First) -lt 0) { $seen.First = $low }
            if ([string]::CompareOrdinal($high, $seen.Last) -gt 0) { $seen.Last = $high }
        }
    }
}

function Get-HttpProxySignIn {
    # Adds what it counted to the objects: the totals, then protocols, gaps and rows.
    param($Given, $Objects)
    $clients = New-Object 'System.Collections.Generic.List[string]'
    foreach ($pair in @($Given.Clients)) { $clients.Add([string]$pair) }
    # By the path of a file: how many of its lines earlier calls counted, and the size that they read, -1 for a part.
    $known = New-Object System.Collections.Hashtable ([System.StringComparer]::Ordinal)
    foreach ($text in @($Given.Counted)) {
        if (-not $text) { continue }
        $lines, $size, $path = ([string]$text).Split([char[]]@('|'), 3)
        $known[$path] = [long[]]@([long]$lines, [long]$size)
    }
    $state = @{
        Clock = [System.Diagnostics.Stopwatch]::StartNew()
        Most = 1000 * [int]$Given.Seconds
        Room = [int]$Given.Rows
        Since = [string]$Given.Since
        Until = [string]$Given.Until
        Clients = $clients
        Rows = (New-Object System.Collections.Hashtable ([System.StringComparer]::Ordinal))
        Families = (New-Object System.Collections.Hashtable ([System.StringComparer]::Ordinal))
        Protocols = @{}
        Gaps = (New-Object System.Collections.ArrayList)
        GapCount = 0
        Lines = [long]0
        Ignored = [long]0
        Refused = [long]0
        Odd = [long]0
    }
    $process = [System.Diagnostics.Process]::GetCurrentProcess()
    $before = $process.PriorityClass
    $process.PriorityClass = [System.Diagnostics.ProcessPriorityClass]::BelowNormal
    try {
        $style = [System.Globalization.DateTimeStyles]'AssumeUniversal, AdjustToUniversal'
        $oldest = [datetime]::ParseExact($state.Since, 'yyyy-MM-ddTHH:mm:ss', [Globalization.CultureInfo]::InvariantCulture, $style)
        $folder = Get-LogFolder ([string]$Given.Folder)
        $newest = [datetime]::ParseExact($state.Until, 'yyyy-MM-ddTHH:mm:ss', [Globalization.CultureInfo]::InvariantCulture, $style)
        $files = Get-LogFile $state $folder @($Given.Protocols) $oldest $newest.AddDays(-1)
        $stopped = $null
        $left = 0
        $done = 0
        foreach ($file in $files) {
            $from = [long]0
            $size = [long]-1
            if ($null -ne ($earlier = $known[$file.Path])) {
                $from, $size = $earlier
                if ($size -eq $file.Length -and ($null -ne $stopped -or -not $file.Fresh)) { continue }
            }
            # One that cannot be opened now stays where it is.
            $file.Line = $from
            if ($null -eq $stopped -and $done -gt 0 -and $state.Clock.ElapsedMilliseconds -ge $state.Most) { $stopped = $file }
            if ($null -ne $stopped) { $left++; continue }
            try {
                if (-not (Read-LogFile $state $file $from $size)) { $stopped = $file; $left++ }
                $done++
            }
            catch { Add-Gap $state $file.Path ([string]$_.Exception.GetBaseException().Message) }
            if ($file.Line -ne $from -or $file.Size -ne $size) { [void]$Objects.Add([ordered]@{ file = $file.Path; counted = $file.Line; size = $file.Size }) }
        }
        $total = [ordered]@{
            folder = $folder; mark_file = ''; mark_time = ''; mark_line = [long]0; left = $left
            lines = $state.Lines; ignored = $state.Ignored; refused = $state.Refused; odd = $state.Odd; gaps = $state.GapCount
        }
        if ($null -ne $stopped) {
            # The files are in the order of their times: what is newer than this one was counted.
            $total.mark_file = $stopped.Path
            $total.mark_time = $stopped.Written.ToString('yyyy-MM-ddTHH:mm:ss', [Globalization.CultureInfo]::InvariantCulture)
            $total.mark_line = $stopped.Line
        }
        [void]$Objects.Add($total)
        foreach ($name in $state.Protocols.Keys) {
            $seen = $state.Protocols[$name]
            [void]$Objects.Add([ordered]@{ protocol = $name; first = $seen.First; last = $seen.Last; days = (New-Object System.Collections.ArrayList (, [string[]]@($seen.Days))) })
        }
        foreach ($gap in $state.Gaps) { [void]$Objects.Add($gap) }
        foreach ($key in $state.Rows.Keys) {
            $row = $state.Rows[$key]
            [void]$Objects.Add([ordered]@{ row = $row[1] + "`t" + $row[2] + "`t" + [string]$row[0] + "`t" + $key })
        }
    }
    finally { $process.PriorityClass = $before }
}
