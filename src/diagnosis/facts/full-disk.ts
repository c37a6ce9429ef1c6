// How a full disk is called, by Linux, by Docker and by Windows (error 0x70 is ERROR_DISK_FULL).

export const NO_SPACE =
  /no space left on device|ENOSPC|disk quota exceeded|thin pool|not enough space on the disk|\b0x70\b/i;
